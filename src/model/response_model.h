// ResponseModel: how likely a shown item is clicked, and bought: one logistic head each, and a map that makes its
// probabilities come true. kernels/response_heads.h fits and applies it; stored as docs/formats/response_model.md says.
// Thread-safety: immutable once built.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/isotonic_map.h"

namespace magpie {

// What was measured on users that the head was not fitted on.
struct ResponseQuality {
  double expected_calibration_error = 0;  // Of calibrated probabilities.
  double uncalibrated_error = 0;  // The same before calibration.
  double log_loss = 0;  // Mean, in nats, of calibrated probabilities.
  double base_log_loss = 0;  // Of always saying the mean rate: what a head has to beat.
  std::uint64_t examples = 0;
  std::uint64_t positives = 0;
  friend bool operator==(const ResponseQuality&, const ResponseQuality&) = default;
};

struct ResponseHead {
  std::vector<float> weights;  // A feature's, in the order of ResponseModel::features.
  float intercept = 0;
  IsotonicMap calibration;
  ResponseQuality quality;
  friend bool operator==(const ResponseHead&, const ResponseHead&) = default;
};

// What the heads learned from.
enum class ResponseSource : std::uint8_t {
  kNothing,  // There are no heads.
  kImpressions,  // Logged impressions: what was clicked and bought of what was shown.
  kHoldout,  // Candidates of users whose last item was held out: a click is that item.
};
[[nodiscard]] std::string_view to_string(ResponseSource source);  // "nothing", "impressions", "holdout"

struct ResponseModel {
  std::vector<std::string> features;  // Names, in the order of the heads' weights.
  ResponseSource source = ResponseSource::kNothing;
  std::optional<ResponseHead> click;
  // Bought, of all that is shown and not only of what is clicked: nothing to correct for who clicks.
  std::optional<ResponseHead> conversion;
  friend bool operator==(const ResponseModel&, const ResponseModel&) = default;
};

// Beside the artifacts of TrainedModel, where the run fitted heads.
inline constexpr const char* kResponseArtifact = "response";

// Equal models give equal bytes. Decoding checks every length and number: kDataLoss; another version of the format is
// kFailedPrecondition.
[[nodiscard]] std::string encode_response_model(const ResponseModel& model);
[[nodiscard]] Result<ResponseModel> decode_response_model(std::string_view bytes);

}  // namespace magpie

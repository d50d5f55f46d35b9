// Response heads: fits and applies the heads of the response model (model/response_model.h).
//
// Logistic regression over kernels/response_features.h, then a calibration by isotonic regression on users that it was
// not fitted on; its error is measured on a third part of the users. Predictions are for the first position, unless the
// input says otherwise. Pure, thread-safe, deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/logistic_regression.h"
#include "kernels/response_features.h"
#include "model/matrix.h"
#include "model/response_model.h"

namespace magpie {

struct ResponseParameters {
  LogisticParameters logistic{.l2 = 10, .iterations = 50};
  std::size_t minimum_positives = 100;  // Fewer: no head, for it would know little.
  double calibration_prior = 10;  // kernels/calibration.h fit_isotonic().
  std::size_t bins = 15;  // Of the calibration error.
};

// One head's examples: a row of kResponseFeatures an example; `groups` names the user, whose examples stay together.
struct ResponseExamples {
  Matrix features;
  std::vector<std::uint8_t> labels;
  std::vector<std::uint64_t> groups;
};

// Of the users, 6 in 10 are fitted on, 2 calibrate, 2 measure; by a hash of the group.
[[nodiscard]] std::optional<ResponseHead> fit_response_head(const ResponseExamples& examples,
                                                            const ResponseParameters& parameters = {});

// Calibrated, in [0, 1]. `features`: kResponseFeatures floats.
[[nodiscard]] float response_probability(const ResponseHead& head, std::span<const float> features);

// Whether the heads were fitted on the features that this program computes, in this order.
[[nodiscard]] bool knows_response_features(const ResponseModel& model);

}  // namespace magpie

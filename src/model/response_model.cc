#include "model/response_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "model/matrix_io.h"

namespace magpie {
namespace {

constexpr std::uint32_t kMagic = 0x5053'524DU;  // "MRSP", as it lies in the file.
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kMaxFeatures = 4096;
constexpr std::size_t kMaxNameLength = 256;  // bytes

void write_quality(const ResponseQuality& quality, ByteWriter& writer) {
  writer.number(quality.expected_calibration_error);
  writer.number(quality.uncalibrated_error);
  writer.number(quality.log_loss);
  writer.number(quality.base_log_loss);
  writer.number(quality.examples);
  writer.number(quality.positives);
}

Status read_quality(ByteReader& reader, ResponseQuality& quality) {
  for (double* value :
       {&quality.expected_calibration_error, &quality.uncalibrated_error, &quality.log_loss, &quality.base_log_loss}) {
    MAGPIE_RETURN_IF_ERROR(reader.number(*value));
    if (!std::isfinite(*value)) return data_loss("a quality is not finite");
  }
  MAGPIE_RETURN_IF_ERROR(reader.number(quality.examples));
  return reader.number(quality.positives);
}

void write_head(const std::optional<ResponseHead>& head, ByteWriter& writer) {
  writer.number(static_cast<std::uint8_t>(head ? 1 : 0));
  if (!head) return;
  write_floats(head->weights, writer);
  writer.number(head->intercept);
  write_floats(head->calibration.predicted, writer);
  write_floats(head->calibration.probability, writer);
  write_quality(head->quality, writer);
}

bool is_calibration(const IsotonicMap& map) {
  const auto not_below = [](float a, float b) { return a >= b; };
  const bool strict = std::adjacent_find(map.predicted.begin(), map.predicted.end(), not_below) == map.predicted.end();
  const bool ascending = std::is_sorted(map.probability.begin(), map.probability.end());
  const auto is_probability = [](float p) { return p >= 0 && p <= 1; };
  return map.predicted.size() == map.probability.size() && strict && ascending &&
         std::all_of(map.probability.begin(), map.probability.end(), is_probability);
}

Status read_head(ByteReader& reader, std::size_t features, std::optional<ResponseHead>& head) {
  std::uint8_t present = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(present));
  if (present > 1) return data_loss("a flag that is neither 0 nor 1");
  if (present == 0) return {};
  head.emplace();
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, head->weights));
  if (head->weights.size() != features) return data_loss("a weight for each feature is needed");
  MAGPIE_RETURN_IF_ERROR(reader.number(head->intercept));
  if (!std::isfinite(head->intercept)) return data_loss("the intercept is not finite");
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, head->calibration.predicted));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, head->calibration.probability));
  if (!is_calibration(head->calibration)) return data_loss("the calibration is no non-decreasing map");
  return read_quality(reader, head->quality);
}

Status read_names(ByteReader& reader, std::vector<std::string>& names) {
  std::uint64_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > kMaxFeatures) return data_loss("too many features");
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(name, kMaxNameLength));
    names.emplace_back(name);
  }
  return {};
}

}  // namespace

std::string_view to_string(ResponseSource source) {
  static constexpr std::array<std::string_view, 3> kNames = {"nothing", "impressions", "holdout"};
  return kNames[static_cast<std::size_t>(source)];
}

std::string encode_response_model(const ResponseModel& model) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(kMagic);
  writer.number(kVersion);
  write_texts(model.features, writer);
  writer.number(static_cast<std::uint8_t>(model.source));
  write_head(model.click, writer);
  write_head(model.conversion, writer);
  return bytes;
}

Result<ResponseModel> decode_response_model(std::string_view bytes) {
  ByteReader reader(bytes);
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  ResponseModel model;
  MAGPIE_RETURN_IF_ERROR(read_names(reader, model.features));
  std::uint8_t source = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(source));
  if (source > static_cast<std::uint8_t>(ResponseSource::kHoldout)) return data_loss("an unknown source");
  model.source = static_cast<ResponseSource>(source);
  MAGPIE_RETURN_IF_ERROR(read_head(reader, model.features.size(), model.click));
  MAGPIE_RETURN_IF_ERROR(read_head(reader, model.features.size(), model.conversion));
  MAGPIE_RETURN_IF_ERROR(reader.finish());
  return model;
}

}  // namespace magpie

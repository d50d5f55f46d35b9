#include "model/user_features.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "model/item.h"

namespace magpie {
namespace {

constexpr std::uint8_t kMagic = 'B';
constexpr std::uint8_t kVersion = 1;

Status read_head(ByteReader& reader, BatchFeatures& features) {
  std::uint64_t version = 0;
  std::int64_t trained_until = 0;
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  MAGPIE_RETURN_IF_ERROR(reader.number(version));
  MAGPIE_RETURN_IF_ERROR(reader.number(trained_until));
  MAGPIE_RETURN_IF_ERROR(reader.number(features.total_purchases));
  MAGPIE_RETURN_IF_ERROR(reader.number(features.total_interactions));
  features.model_version = ModelVersion(version);
  features.trained_until = from_unix_ms(trained_until);
  return is_plausible(features.trained_until) ? Status() : data_loss("trained_until out of range");
}

Status read_embedding(ByteReader& reader, BatchFeatures& features) {
  std::uint16_t dimensions = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(dimensions));
  if (dimensions > kMaxEmbeddingDimensions) return data_loss("too many dimensions");
  MAGPIE_RETURN_IF_ERROR(reader.array(dimensions, features.user_embedding));
  const auto finite = [](float value) { return std::isfinite(value); };
  const auto& embedding = features.user_embedding;
  return std::all_of(embedding.begin(), embedding.end(), finite) ? Status() : data_loss("a factor is not finite");
}

Status read_categories(ByteReader& reader, BatchFeatures& features) {
  std::uint8_t count = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  if (count > kMaxPreferredCategories) return data_loss("too many categories");
  for (std::uint8_t i = 0; i < count; ++i) {
    std::string_view name;
    MAGPIE_RETURN_IF_ERROR(reader.text<std::uint16_t>(name, kMaxIdLength));
    features.preferred_categories.emplace_back(name);
  }
  return {};
}

Status read_history_times(ByteReader& reader, std::uint16_t count, BatchFeatures& features) {
  std::vector<std::int64_t> times;
  MAGPIE_RETURN_IF_ERROR(reader.array(count, times));
  features.history_times.reserve(times.size());
  for (const std::int64_t time : times) features.history_times.push_back(from_unix_ms(time));
  return std::all_of(features.history_times.begin(), features.history_times.end(), is_plausible)
             ? Status()
             : data_loss("a time in history out of range");
}

Status read_history(ByteReader& reader, BatchFeatures& features) {
  std::uint16_t count = 0;
  std::uint16_t timed = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(count));
  MAGPIE_RETURN_IF_ERROR(reader.number(timed));
  if (count > kMaxHistoryItems || timed > count) return data_loss("too many items");
  MAGPIE_RETURN_IF_ERROR(reader.array(count, features.history));
  MAGPIE_RETURN_IF_ERROR(read_history_times(reader, timed, features));
  MAGPIE_RETURN_IF_ERROR(reader.array(timed, features.history_weights));
  const auto sane = [](float weight) { return std::isfinite(weight) && weight >= 0; };
  const auto& weights = features.history_weights;
  return std::all_of(weights.begin(), weights.end(), sane) ? Status() : data_loss("a weight in history out of range");
}

Status read_all(ByteReader& reader, BatchFeatures& features) {
  MAGPIE_RETURN_IF_ERROR(read_head(reader, features));
  MAGPIE_RETURN_IF_ERROR(read_embedding(reader, features));
  MAGPIE_RETURN_IF_ERROR(read_categories(reader, features));
  MAGPIE_RETURN_IF_ERROR(read_history(reader, features));
  return reader.finish();
}

}  // namespace

void encode_batch_features(const BatchFeatures& features, std::string& out) {
  ByteWriter writer(out);
  writer.number(kMagic);
  writer.number(kVersion);
  writer.number(features.model_version.get());
  writer.number(to_unix_ms(features.trained_until));
  writer.number(features.total_purchases);
  writer.number(features.total_interactions);
  writer.number(static_cast<std::uint16_t>(features.user_embedding.size()));
  writer.array(std::span(features.user_embedding));
  writer.number(static_cast<std::uint8_t>(features.preferred_categories.size()));
  for (const std::string& name : features.preferred_categories) writer.text<std::uint16_t>(name);
  writer.number(static_cast<std::uint16_t>(features.history.size()));
  writer.number(static_cast<std::uint16_t>(features.history_times.size()));
  writer.array(std::span(features.history));
  for (const Timestamp time : features.history_times) writer.number(to_unix_ms(time));
  writer.array(std::span(features.history_weights));
}

Result<BatchFeatures> decode_batch_features(std::string_view bytes) {
  ByteReader reader(bytes);
  BatchFeatures features;
  const Status status = read_all(reader, features);
  if (!status.ok()) return Error(status.error().code(), "batch features: " + status.error().message());
  return features;
}

}  // namespace magpie

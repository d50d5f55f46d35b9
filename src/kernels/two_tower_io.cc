// The stored form of a TwoTowerModel: docs/formats/two_tower.md.
#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "kernels/two_tower.h"
#include "model/matrix_io.h"

namespace magpie {
namespace {

constexpr std::uint32_t kMagic = 0x5754'544D;  // "MTTW" as it lies in the file.
constexpr std::uint32_t kVersion = 1;

void write_tower(const Tower<float>& tower, ByteWriter& writer) {
  writer.number(static_cast<std::uint64_t>(tower.shape.inputs));
  writer.number(static_cast<std::uint64_t>(tower.shape.hidden));
  writer.number(static_cast<std::uint64_t>(tower.shape.outputs));
  write_floats(tower.values, writer);
}

// Factors that no count of bytes would overflow with: each is bounded by what is left to read.
Status read_tower(ByteReader& reader, Tower<float>& tower) {
  std::uint64_t inputs = 0;
  std::uint64_t hidden = 0;
  std::uint64_t outputs = 0;
  MAGPIE_RETURN_IF_ERROR(reader.number(inputs));
  MAGPIE_RETURN_IF_ERROR(reader.number(hidden));
  MAGPIE_RETURN_IF_ERROR(reader.number(outputs));
  const std::uint64_t most = reader.remaining() / sizeof(float);
  if (inputs > most || hidden > most || outputs > most || hidden > most / (inputs + 1) ||
      outputs > most / (hidden + 1)) {
    return data_loss("a tower is larger than its bytes");
  }
  tower.shape = {static_cast<std::size_t>(inputs), static_cast<std::size_t>(hidden), static_cast<std::size_t>(outputs)};
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, tower.values));
  return tower.values.size() == tower.shape.parameters() ? Status() : data_loss("a tower has a wrong size");
}

bool shapes_agree(const TwoTowerModel& model) {
  const std::size_t inputs = model.unknown_item.size() + model.category_embeddings.columns + kTowerItemFeatures;
  return model.item_inputs.columns == inputs && model.item_inputs.rows == model.items() &&
         model.feature_scaling.mean.size() == kTowerItemFeatures &&
         model.feature_scaling.factor.size() == kTowerItemFeatures && model.item_tower.shape.inputs == inputs &&
         model.user_tower.shape.inputs == model.half_lives.size() * inputs + kTowerUserFeatures &&
         model.item_tower.shape.outputs == model.dimensions() && model.user_tower.shape.outputs == model.dimensions();
}

Status validate(const TwoTowerModel& model) {
  const auto positive = [](float value) { return value > 0; };
  if (!shapes_agree(model)) return data_loss("the shapes of the two-tower network do not agree");
  if (!std::all_of(model.half_lives.begin(), model.half_lives.end(), positive) || model.history_items == 0 ||
      !std::isfinite(model.inverse_temperature) || model.inverse_temperature <= 0) {
    return data_loss("a parameter of the two-tower network is out of range");
  }
  return {};
}

}  // namespace

std::string encode_two_tower(const TwoTowerModel& model) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number(kMagic);
  writer.number(kVersion);
  write_matrix(model.item_inputs, writer);
  write_matrix(model.item_vectors, writer);
  write_floats(model.half_lives, writer);
  writer.number(model.history_items);
  write_tower(model.user_tower, writer);
  write_floats(model.unknown_item, writer);
  write_matrix(model.category_embeddings, writer);
  write_floats(model.feature_scaling.mean, writer);
  write_floats(model.feature_scaling.factor, writer);
  write_tower(model.item_tower, writer);
  writer.number(model.inverse_temperature);
  return bytes;
}

Result<TwoTowerModel> decode_two_tower(std::string_view bytes) {
  ByteReader reader(bytes);
  MAGPIE_RETURN_IF_ERROR(expect_format(reader, kMagic, kVersion));
  TwoTowerModel model;
  MAGPIE_RETURN_IF_ERROR(read_matrix(reader, model.item_inputs));
  MAGPIE_RETURN_IF_ERROR(read_matrix(reader, model.item_vectors));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.half_lives));
  MAGPIE_RETURN_IF_ERROR(reader.number(model.history_items));
  MAGPIE_RETURN_IF_ERROR(read_tower(reader, model.user_tower));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.unknown_item));
  MAGPIE_RETURN_IF_ERROR(read_matrix(reader, model.category_embeddings));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.feature_scaling.mean));
  MAGPIE_RETURN_IF_ERROR(read_floats(reader, model.feature_scaling.factor));
  MAGPIE_RETURN_IF_ERROR(read_tower(reader, model.item_tower));
  MAGPIE_RETURN_IF_ERROR(reader.number(model.inverse_temperature));
  MAGPIE_RETURN_IF_ERROR(reader.finish());
  MAGPIE_RETURN_IF_ERROR(validate(model));
  return model;
}

}  // namespace magpie

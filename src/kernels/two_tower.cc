#include "kernels/two_tower.h"

#include <algorithm>

namespace magpie {
namespace {

// The newest items that the model has, at most history_items of them.
void keep_known(const TwoTowerModel& model, std::span<const ProfileItem> newest_first,
                std::vector<ProfileItem>& known) {
  known.clear();
  for (const ProfileItem& item : newest_first) {
    if (known.size() == model.history_items) return;
    if (item.row < model.items()) known.push_back(item);
  }
}

void add_scaled(std::span<const float> values, float factor, std::span<float> sum) {
  const Eigen::Index size = eigen_index(values.size());
  Eigen::Map<Eigen::ArrayXf>(sum.data(), size) += factor * Eigen::Map<const Eigen::ArrayXf>(values.data(), size);
}

}  // namespace

bool two_tower_user_vector(const TwoTowerModel& model, std::span<const ProfileItem> newest_first,
                           UserVectorScratch& scratch, std::span<float> out) {
  keep_known(model, newest_first, scratch.known);
  if (scratch.known.empty()) return false;
  pooling_weights(scratch.known, model.half_lives, scratch.weights);
  scratch.input.assign(model.user_tower.shape.inputs, 0);
  scratch.hidden.resize(model.user_tower.shape.hidden);
  const std::span<float> input(scratch.input);
  const std::size_t width = model.item_inputs.columns;
  for (std::size_t i = 0; i < scratch.known.size(); ++i) {
    const std::span<const float> item = model.item_inputs.row(scratch.known[i].row);
    for (std::size_t h = 0; h < model.half_lives.size(); ++h) {
      add_scaled(item, scratch.weights[i * model.half_lives.size() + h], input.subspan(h * width, width));
    }
  }
  float strength = 0;
  for (const ProfileItem& item : newest_first) strength += item.strength;
  const auto features = tower_user_features(newest_first.size(), strength);
  std::copy(features.begin(), features.end(), input.last(kTowerUserFeatures).begin());
  tower_vector(model.user_tower, input, scratch.hidden, out);
  return true;
}

void two_tower_item_vector(const TwoTowerModel& model, std::span<const std::uint32_t> categories,
                           std::span<const float> shares, const ItemFacts& facts, std::span<float> out) {
  std::vector<float> input(model.item_inputs.columns);
  std::copy(model.unknown_item.begin(), model.unknown_item.end(), input.begin());
  const std::span<float> after_id = std::span(input).subspan(model.unknown_item.size());
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (categories[i] >= model.category_embeddings.rows) continue;
    add_scaled(model.category_embeddings.row(categories[i]), shares[i], after_id);
  }
  scale_features(model.feature_scaling, tower_item_features(facts), after_id.last(kTowerItemFeatures));
  std::vector<float> hidden(model.item_tower.shape.hidden);
  tower_vector(model.item_tower, input, hidden, out);
}

}  // namespace magpie

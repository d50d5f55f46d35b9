// A trained two-tower network: two functions, one of an item and one of a user's history, into one space of unit
// vectors where the inner product is how well they go together.
//
// P. Covington et al.: Deep Neural Networks for YouTube Recommendations, RecSys 2016. What the towers read:
// kernels/two_tower_network.h. Nothing in it is about a single user. Stored form: docs/formats/two_tower.md.
// Thread-safety: immutable once built; all functions are pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "kernels/two_tower_inputs.h"
#include "kernels/two_tower_layers.h"
#include "model/matrix.h"

namespace magpie {

struct TwoTowerModel {
  // Items of the model, a row each.
  Matrix item_inputs;   // id's embedding | mean of categories' embeddings | scaled features
  Matrix item_vectors;  // Unit length: what a vector index is built on.
  // Users.
  std::vector<float> half_lives;    // Of the means over the history, in positions.
  std::uint32_t history_items = 0;  // The newest items that are looked at.
  Tower<float> user_tower;
  // Items newer than the model.
  std::vector<float> unknown_item;  // Stands for the id's embedding.
  Matrix category_embeddings;       // A row a category that the model knows.
  FeatureScaling feature_scaling;
  Tower<float> item_tower;

  float inverse_temperature = 1;  // The softmax of it x the inner product is what was trained.

  [[nodiscard]] std::size_t items() const { return item_vectors.rows; }
  [[nodiscard]] std::size_t dimensions() const { return item_vectors.columns; }
  friend bool operator==(const TwoTowerModel&, const TwoTowerModel&) = default;
};

// Memory that one call after the other may use. One a thread.
struct UserVectorScratch {
  std::vector<ProfileItem> known;
  std::vector<float> weights;
  std::vector<float> input;
  std::vector<float> hidden;
};

// The vector of a user with this profile, newest first, into `out` (dimensions() floats). Rows that the model lacks are
// left out; false, and `out` is not written, where none remains: such a user has no vector.
[[nodiscard]] bool two_tower_user_vector(const TwoTowerModel& model, std::span<const ProfileItem> newest_first,
                                         UserVectorScratch& scratch, std::span<float> out);

// The vector of an item that the model was not trained on, from what is known of it, into `out`. Categories are columns
// of the training's matrix, a share each; those that the model lacks are left out.
void two_tower_item_vector(const TwoTowerModel& model, std::span<const std::uint32_t> categories,
                           std::span<const float> shares, const ItemFacts& facts, std::span<float> out);

// Equal models have equal bytes. Decoding checks every shape and every number (kDataLoss); bytes of another version:
// kFailedPrecondition.
[[nodiscard]] std::string encode_two_tower(const TwoTowerModel& model);
[[nodiscard]] Result<TwoTowerModel> decode_two_tower(std::string_view bytes);

}  // namespace magpie

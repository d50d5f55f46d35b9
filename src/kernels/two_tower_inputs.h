// What the towers of a two-tower network read of an item and of a user: the one definition, used by the training and by
// the serving layer.
//
// All functions are pure and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/candidate_features.h"
#include "model/matrix.h"

namespace magpie {

// The dense features of an item.
struct ItemFacts {
  float popularity = 0;  // Strength of all interactions with it in the window (TrainedModel::popularity).
  std::optional<float> age_days;  // Since it was created or first seen, at the end of the window.
  std::optional<double> price;
};
inline constexpr std::size_t kTowerItemFeatures = 5;
// ln(1 + popularity), ln(1 + age), is the age known, the band of the price (its logarithm), is the price known.
[[nodiscard]] std::array<float, kTowerItemFeatures> tower_item_features(const ItemFacts& facts);

// Makes each column of a matrix one of mean 0 and deviation 1; a constant column becomes 0.
struct FeatureScaling {
  std::vector<float> mean;
  std::vector<float> factor;  // 1 / deviation, 0 for a constant.
  friend bool operator==(const FeatureScaling&, const FeatureScaling&) = default;
};
[[nodiscard]] FeatureScaling fit_scaling(const Matrix& rows);
void scale_features(const FeatureScaling& scaling, std::span<const float> raw, std::span<float> out);

// The dense features of a user: ln(1 + distinct items), ln(1 + sum of their strengths), both by ln(1 +
// kMaxProfileItems). How long ago the last event was is none of them: what is learned of the gaps inside a window says
// nothing of a request that comes a week after it.
inline constexpr std::size_t kTowerUserFeatures = 2;
[[nodiscard]] std::array<float, kTowerUserFeatures> tower_user_features(std::size_t items, float strength);

// A user's history enters as means over its newest items, one for each half-life: the weight of an item is strength x
// 2^(-age / half-life), and those of a half-life sum to 1. `weights`: items x half-lives, overwritten.
void pooling_weights(std::span<const ProfileItem> newest_first, std::span<const float> half_lives,
                     std::vector<float>& weights);

}  // namespace magpie

#include "kernels/two_tower_inputs.h"

#include <gtest/gtest.h>

#include <cmath>

namespace magpie {
namespace {

TEST(TowerItemFeatures, AreLogarithmsAndWhatIsKnown) {
  const auto all = tower_item_features({.popularity = 10, .age_days = 3, .price = 99.0});
  EXPECT_NEAR(all[0], std::log(11), 1e-6);
  EXPECT_NEAR(all[1], std::log(4), 1e-6);
  EXPECT_EQ(all[2], 1);
  EXPECT_NEAR(all[3], std::log(100), 1e-5);
  EXPECT_EQ(all[4], 1);
  EXPECT_EQ(tower_item_features({}), (std::array<float, kTowerItemFeatures>{}));
  // A price of nothing is known; what makes no sense is as nothing.
  EXPECT_EQ(tower_item_features({.popularity = -1, .age_days = -2, .price = 0.0}),
            (std::array<float, kTowerItemFeatures>{0, 0, 1, 0, 1}));
}

TEST(FeatureScaling, GivesMeanZeroAndDeviationOne) {
  Matrix rows(4, 2);
  rows.values = {1, 5, 2, 5, 3, 5, 6, 5};
  const FeatureScaling scaling = fit_scaling(rows);
  std::vector<float> out(2);
  double sum = 0;
  double squares = 0;
  for (std::size_t row = 0; row < 4; ++row) {
    scale_features(scaling, rows.row(row), out);
    sum += out[0];
    squares += out[0] * out[0];
    EXPECT_EQ(out[1], 0);  // A constant says nothing.
  }
  EXPECT_NEAR(sum, 0, 1e-6);
  EXPECT_NEAR(squares / 4, 1, 1e-6);
  EXPECT_EQ(fit_scaling(Matrix(0, 2)).factor, (std::vector<float>{0, 0}));
}

TEST(TowerUserFeatures, AreBetweenNothingAndTheLongestProfile) {
  EXPECT_EQ(tower_user_features(0, 0), (std::array<float, kTowerUserFeatures>{0, 0}));
  const auto most = tower_user_features(kMaxProfileItems, 30);
  EXPECT_NEAR(most[0], 1, 1e-6);
  EXPECT_NEAR(most[1], std::log(31) / std::log(1025), 1e-6);
}

TEST(PoolingWeights, SumToOneForEachHalfLife) {
  const std::vector<ProfileItem> items = {{4, 2, 0}, {7, 1, 1}, {9, 1, 2.5F}};
  const std::vector<float> half_lives = {1, 10};
  std::vector<float> weights;
  pooling_weights(items, half_lives, weights);
  ASSERT_EQ(weights.size(), 6U);
  for (std::size_t h = 0; h < 2; ++h) {
    EXPECT_NEAR(weights[h] + weights[2 + h] + weights[4 + h], 1, 1e-6);
    EXPECT_NEAR(weights[2 + h] / weights[h], std::exp2(-1 / half_lives[h]) / 2, 1e-6);
    EXPECT_NEAR(weights[4 + h] / weights[2 + h], std::exp2(-1.5F / half_lives[h]), 1e-6);
  }
  pooling_weights({}, half_lives, weights);
  EXPECT_TRUE(weights.empty());
}

// Long ago and a short half-life: the weights are still those of a mean.
TEST(PoolingWeights, DoNotVanishWithAge) {
  std::vector<float> weights;
  const std::vector<ProfileItem> items = {{1, 1, 500}, {2, 1, 501}};
  pooling_weights(items, std::vector<float>{1}, weights);
  EXPECT_NEAR(weights[0], 2.0 / 3, 1e-6);
  EXPECT_NEAR(weights[1], 1.0 / 3, 1e-6);
}

}  // namespace
}  // namespace magpie

#include "kernels/two_tower_optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace magpie {
namespace {

using Parameters = TwoTowerParameters<float>;

TwoTowerShape shape() {
  TwoTowerShape result;
  result.items = 4;
  result.categories = 2;
  result.id_dimensions = 3;
  result.category_dimensions = 2;
  result.half_lives = 1;
  result.hidden = 4;
  result.dimensions = 2;
  return result;
}

Parameters parameters_of(std::uint64_t seed) {
  Random random(seed);
  return initial_parameters<float>(shape(), 0.1, random);
}

// Of rows 3 and 0 and of category 1; towers have 1 everywhere.
TwoTowerGradient<float> gradient_of(const Parameters& parameters) {
  TwoTowerGradient<float> gradient;
  gradient.item_rows = {3, 0};
  gradient.item_embeddings = RowMatrix<float>::Constant(2, 3, 0.5F);
  gradient.category_rows = {1};
  gradient.category_embeddings = RowMatrix<float>::Constant(1, 2, -2);
  gradient.item_tower = Tower<float>(parameters.item_tower.shape);
  gradient.user_tower = Tower<float>(parameters.user_tower.shape);
  std::ranges::fill(gradient.item_tower.values, 1.0F);
  std::ranges::fill(gradient.user_tower.values, 1.0F);
  gradient.log_scale = 1;
  return gradient;
}

TEST(TwoTowerOptimizer, OnlyWhatHasAGradientMoves) {
  const Parameters before = parameters_of(1);
  Parameters after = before;
  ShardTeam team(2);
  AdamParameters adam;
  adam.learning_rate = 0.01;
  adam.weight_decay = 0.1;
  TwoTowerOptimizer(before, adam, team).step(gradient_of(before), after);
  // The first step of Adam is the learning rate in size; the decay comes on top.
  const auto moved = [&](float value, float by) { return value * (1 - 0.001F) - by; };
  for (Eigen::Index column = 0; column < 3; ++column) {
    for (const Eigen::Index row : {1, 2, 4}) {
      EXPECT_EQ(after.item_embeddings(row, column), before.item_embeddings(row, column));
    }
    for (const Eigen::Index row : {0, 3}) {
      EXPECT_NEAR(after.item_embeddings(row, column), moved(before.item_embeddings(row, column), 0.01F), 1e-6);
    }
  }
  EXPECT_EQ(after.category_embeddings.row(0), before.category_embeddings.row(0));
  EXPECT_NEAR(after.category_embeddings(1, 0), moved(before.category_embeddings(1, 0), -0.01F), 1e-6);
  for (std::size_t i = 0; i < after.item_tower.values.size(); ++i) {
    EXPECT_NEAR(after.item_tower.values[i], moved(before.item_tower.values[i], 0.01F), 1e-6);
  }
  for (std::size_t i = 0; i < after.user_tower.values.size(); ++i) {
    EXPECT_NEAR(after.user_tower.values[i], moved(before.user_tower.values[i], 0.01F), 1e-6);
  }
  EXPECT_NEAR(after.log_scale, before.log_scale - 0.01F, 1e-6);  // It does not decay.
}

TEST(TwoTowerOptimizer, TheTemperatureKeepsItsBounds) {
  Parameters parameters = parameters_of(1);
  ShardTeam team(1);
  AdamParameters adam;
  adam.learning_rate = 100;
  TwoTowerOptimizer optimizer(parameters, adam, team);
  TwoTowerGradient<float> gradient = gradient_of(parameters);
  optimizer.step(gradient, parameters);
  EXPECT_EQ(parameters.log_scale, 0);
  gradient.log_scale = -100;
  optimizer.step(gradient, parameters);
  EXPECT_NEAR(parameters.log_scale, std::log(100), 1e-5);
}

TEST(ParameterAverage, IsThatOfThePaper) {
  ShardTeam team(2);
  ParameterAverage average(parameters_of(100), team);
  EXPECT_EQ(average.mean().item_embeddings, parameters_of(100).item_embeddings);
  std::vector<double> naive(parameters_of(1).user_tower.values.size());
  double scale = 0;
  for (std::uint64_t t = 1; t <= 20; ++t) {
    Parameters parameters = parameters_of(t);
    parameters.log_scale = static_cast<float>(t);
    average.add(parameters);
    const double weight = 9 / (static_cast<double>(t) + 8);
    for (std::size_t i = 0; i < naive.size(); ++i) {
      naive[i] = (1 - weight) * naive[i] + weight * static_cast<double>(parameters.user_tower.values[i]);
    }
    scale = (1 - weight) * scale + weight * static_cast<double>(t);
    if (t > 1) continue;
    // Nothing of the start is left.
    EXPECT_TRUE(average.mean().item_embeddings.isApprox(parameters.item_embeddings, 1e-5F));
    EXPECT_TRUE(average.mean().category_embeddings.isApprox(parameters.category_embeddings, 1e-5F));
    EXPECT_TRUE(average.mean().item_tower.hidden_weights().isApprox(parameters.item_tower.hidden_weights(), 1e-5F));
  }
  for (std::size_t i = 0; i < naive.size(); ++i) EXPECT_NEAR(average.mean().user_tower.values[i], naive[i], 1e-6);
  EXPECT_NEAR(average.mean().log_scale, scale, 1e-4);
}

}  // namespace
}  // namespace magpie

#include "kernels/logistic_regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

struct Data {
  Matrix features;
  std::vector<std::uint8_t> labels;
};

// Labels drawn by known weights, on columns of very different scales; the last column is a constant.
Data draw(std::size_t rows, const std::vector<double>& weights, double intercept, Random& random) {
  const std::vector<double> scale = {1, 0.01, 100};
  Data data{Matrix(rows, 4), {}};
  for (std::size_t row = 0; row < rows; ++row) {
    double score = intercept;
    for (std::size_t column = 0; column < 3; ++column) {
      const double x = random.normal();
      data.features.row(row)[column] = static_cast<float>(scale[column] * x);
      score += weights[column] * x;
    }
    data.features.row(row)[3] = 7;
    data.labels.push_back(random.uniform() < 1 / (1 + std::exp(-score)) ? 1 : 0);
  }
  return data;
}

double value_at(const Data& data, std::vector<double> at, double l2) {
  return logistic_objective(data.features, data.labels, at, l2).value;
}

TEST(LogisticObjective, IsTheSameAsItsDefinition) {
  Random random(81);
  const Data data = draw(50, {1, 1, 1}, 0, random);
  const std::vector<double> at = {0.3, -5, 0.02, 0.1, -0.4};
  double expected = 1.5 / 2 * (0.09 + 25 + 0.0004 + 0.01);
  for (std::size_t row = 0; row < 50; ++row) {
    double score = at[4];
    for (std::size_t c = 0; c < 4; ++c) score += at[c] * static_cast<double>(data.features.row(row)[c]);
    const double p = 1 / (1 + std::exp(-score));
    expected -= data.labels[row] == 1 ? std::log(p) : std::log(1 - p);
  }
  EXPECT_NEAR(value_at(data, at, 1.5), expected, 1e-8);
}

TEST(LogisticObjective, ItsGradientIsThatOfTheValue) {
  Random random(82);
  // More rows than are taken together.
  const Data data = draw(2500, {1, -1, 0.5}, -1, random);
  const std::vector<double> at = {0.3, -5, 0.002, 0.1, -0.4};
  const std::vector<double> gradient = logistic_objective(data.features, data.labels, at, 0.7).gradient;
  ASSERT_EQ(gradient.size(), at.size());
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double h = 1e-5;
    std::vector<double> above = at;
    std::vector<double> below = at;
    above[i] += h;
    below[i] -= h;
    const double numeric = (value_at(data, above, 0.7) - value_at(data, below, 0.7)) / (2 * h);
    EXPECT_NEAR(gradient[i], numeric, 1e-5 * (1 + std::abs(numeric))) << i;
  }
}

TEST(FitLogistic, RecoversTheWeightsThatMadeTheLabels) {
  Random random(83);
  const Data data = draw(20000, {1.5, -0.8, 0.3}, -2, random);
  const LogisticModel model = fit_logistic(data.features, data.labels);
  EXPECT_NEAR(model.weights[0], 1.5, 0.1);
  EXPECT_NEAR(model.weights[1] * 0.01, -0.8, 0.1);
  EXPECT_NEAR(model.weights[2] * 100, 0.3, 0.1);
  EXPECT_EQ(model.weights[3], 0) << "a constant says nothing";
  EXPECT_NEAR(model.intercept, -2, 0.1);
}

TEST(FitLogistic, TheGradientVanishesThere) {
  Random random(84);
  Data data = draw(500, {1.5, -0.8, 0.3}, -1, random);
  // Of standard deviation 1: then the penalty is that of features as they are.
  for (std::size_t column = 0; column < 3; ++column) {
    double sum = 0;
    double squares = 0;
    for (std::size_t row = 0; row < 500; ++row) {
      const auto x = static_cast<double>(data.features.row(row)[column]);
      sum += x / 500;
      squares += x * x / 500;
    }
    for (std::size_t row = 0; row < 500; ++row) {
      data.features.row(row)[column] /= static_cast<float>(std::sqrt(squares - sum * sum));
    }
  }
  for (std::size_t row = 0; row < 500; ++row) data.features.row(row)[3] = 0;
  const LogisticModel model = fit_logistic(data.features, data.labels, {.l2 = 3});
  std::vector<double> at(model.weights.begin(), model.weights.end());
  at.push_back(static_cast<double>(model.intercept));
  for (const double slope : logistic_objective(data.features, data.labels, at, 3).gradient) EXPECT_NEAR(slope, 0, 1e-3);
}

TEST(FitLogistic, SeparableDataHaveFiniteWeights) {
  Matrix features(4, 1);
  for (std::size_t row = 0; row < 4; ++row) features.row(row)[0] = row < 2 ? -1 : 1;
  const std::vector<std::uint8_t> labels = {0, 0, 1, 1};
  const LogisticModel model = fit_logistic(features, labels);
  EXPECT_TRUE(std::isfinite(model.weights[0]));
  EXPECT_GT(model.weights[0], 0.3F);
}

TEST(FitLogistic, LabelsThatAllAgreeGiveARateAndNoWeights) {
  Matrix features(9, 1);
  features.row(0)[0] = 1;
  const LogisticModel none = fit_logistic(features, std::vector<std::uint8_t>(9, 0));
  EXPECT_EQ(none.weights[0], 0);
  const float rate = logistic_probability(none.weights, none.intercept, features.row(0));
  EXPECT_NEAR(rate, 0.5 / 9.5, 1e-6);
  const LogisticModel nothing = fit_logistic(Matrix(0, 3), {});
  EXPECT_EQ(nothing.weights.size(), 3U);
  EXPECT_EQ(nothing.intercept, 0);
}

}  // namespace
}  // namespace magpie

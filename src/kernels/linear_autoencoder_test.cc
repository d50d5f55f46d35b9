#include "kernels/linear_autoencoder.h"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace magpie {
namespace {

SparseMatrix random_interactions(std::size_t users, std::size_t items, std::uint64_t seed) {
  Random random(seed);
  SparseMatrix matrix;
  matrix.columns = items;
  for (std::size_t user = 0; user < users; ++user) {
    for (std::uint32_t item = 0; item + 1 < items; ++item) {  // Nobody knows the last item.
      // Popular items first, so that degrees differ.
      if (random.uniform() > 0.8 / (1 + item * 0.2)) continue;
      matrix.indices.push_back(item);
      matrix.values.push_back(static_cast<float>(1 + random.below(2)));
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

Eigen::MatrixXd dense(const SparseMatrix& matrix) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(matrix.rows(), matrix.columns);
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
      result(row, matrix.indices[i]) = matrix.values[i];
    }
  }
  return result;
}

Eigen::VectorXd power(const Eigen::VectorXd& degrees, double exponent) {
  return degrees.unaryExpr([=](double degree) { return degree > 0 ? std::pow(degree, exponent) : 0; });
}

// The oracle: B as the header defines it, from an explicit inverse in double precision.
Eigen::MatrixXd naive_weights(const SparseMatrix& interactions, const LinearAutoencoderParameters& parameters) {
  const Eigen::MatrixXd x = dense(interactions);
  const Eigen::VectorXd item_degrees = x.colwise().sum();
  const Eigen::MatrixXd normalized = power(x.rowwise().sum(), -parameters.user_exponent).asDiagonal() * x *
                                     power(item_degrees, -parameters.item_exponent).asDiagonal();
  const auto identity = Eigen::MatrixXd::Identity(x.cols(), x.cols());
  const Eigen::MatrixXd precision =
      (normalized.transpose() * normalized / parameters.regularization + identity).inverse();
  const Eigen::VectorXd target = power(item_degrees, parameters.popularity_exponent)
                                     .cwiseProduct(power(precision.diagonal(), -parameters.diagonal_exponent));
  Eigen::MatrixXd weights =
      -(power(item_degrees, -parameters.item_exponent).asDiagonal() * precision * target.asDiagonal());
  weights.diagonal().setZero();
  return weights;
}

LinearAutoencoderParameters parameters_of(float user, float item, float diagonal, float popularity) {
  LinearAutoencoderParameters parameters;
  parameters.regularization = 1.5F;
  parameters.user_exponent = user;
  parameters.item_exponent = item;
  parameters.diagonal_exponent = diagonal;
  parameters.popularity_exponent = popularity;
  return parameters;
}

std::vector<std::uint32_t> all_users(const SparseMatrix& interactions) {
  std::vector<std::uint32_t> users(interactions.rows());
  std::iota(users.begin(), users.end(), 0U);
  return users;
}

// More users than items: the item form; fewer: the user form.
class LinearAutoencoderForm : public testing::TestWithParam<std::pair<std::size_t, std::size_t>> {
 protected:
  SparseMatrix interactions() const { return random_interactions(GetParam().first, GetParam().second, 5); }
};

TEST_P(LinearAutoencoderForm, ScoresEqualTheExplicitMatrix) {
  for (const auto& parameters :
       {parameters_of(0, 0, 1, 0), parameters_of(0.3F, 0.4F, 1, 0.2F), parameters_of(0.5F, 0.5F, 0, 0.5F)}) {
    const SparseMatrix matrix = interactions();
    const auto model = LinearAutoencoder::fit(matrix, parameters);
    ASSERT_TRUE(model.ok());
    const Eigen::MatrixXd x = dense(matrix);
    const Eigen::MatrixXd expected =
        power(x.rowwise().sum(), -parameters.user_exponent).asDiagonal() * x * naive_weights(matrix, parameters);
    const Matrix scores = model->scores(all_users(matrix));
    for (std::size_t user = 0; user < scores.rows; ++user) {
      for (std::size_t item = 0; item < scores.columns; ++item) {
        EXPECT_NEAR(scores.row(user)[item], expected(user, item), 1e-4) << user << ", " << item;
      }
    }
  }
}

TEST_P(LinearAutoencoderForm, ItemGraphHoldsTheLargestWeights) {
  const SparseMatrix matrix = interactions();
  const auto parameters = parameters_of(0.3F, 0.4F, 1, 0.2F);
  const auto model = LinearAutoencoder::fit(matrix, parameters);
  ASSERT_TRUE(model.ok());
  const Eigen::MatrixXd weights = naive_weights(matrix, parameters);
  const SparseMatrix graph = model->item_graph(3);
  ASSERT_EQ(graph.rows(), matrix.columns);
  for (std::size_t item = 0; item < graph.rows(); ++item) {
    std::vector<double> positive;
    for (Eigen::Index other = 0; other < weights.cols(); ++other) {
      if (weights(item, other) > 1e-6) positive.push_back(weights(item, other));
    }
    std::ranges::sort(positive, std::greater{});
    const auto neighbours = graph.row_indices(item);
    const auto values = graph.row_values(item);
    ASSERT_EQ(neighbours.size(), std::min<std::size_t>(3, positive.size())) << item;
    for (std::size_t k = 0; k < neighbours.size(); ++k) {
      EXPECT_NEAR(values[k], positive[k], 1e-4);
      EXPECT_NEAR(values[k], weights(item, neighbours[k]), 1e-4);
    }
  }
}

TEST_P(LinearAutoencoderForm, TheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = interactions();
  auto parameters = parameters_of(0.3F, 0.4F, 1, 0.2F);
  parameters.threads = 1;
  const auto alone = LinearAutoencoder::fit(matrix, parameters);
  parameters.threads = 3;
  const auto together = LinearAutoencoder::fit(matrix, parameters);
  ASSERT_TRUE(alone.ok() && together.ok());
  EXPECT_EQ(alone->scores(all_users(matrix)), together->scores(all_users(matrix)));
  EXPECT_EQ(alone->item_graph(10), together->item_graph(10));
}

INSTANTIATE_TEST_SUITE_P(Forms, LinearAutoencoderForm,
                         testing::Values(std::pair{60, 25}, std::pair{25, 60}, std::pair{30, 30}));

TEST(LinearAutoencoder, WhatNobodyKnowsIsNeverRecommended) {
  const SparseMatrix matrix = random_interactions(20, 10, 3);
  const auto model = LinearAutoencoder::fit(matrix, parameters_of(0.2F, 0.3F, 1, 0.2F));
  ASSERT_TRUE(model.ok());
  for (const std::uint32_t neighbour : model->item_graph(10).indices) EXPECT_NE(neighbour, 9U);
  EXPECT_EQ(model->item_graph(10).row_indices(9).size(), 0U);
}

TEST(LinearAutoencoder, RefusesRegularizationThatIsNotPositive) {
  auto parameters = parameters_of(0, 0, 1, 0);
  for (const float regularization : {0.0F, -1.0F, std::nanf("")}) {
    parameters.regularization = regularization;
    const auto model = LinearAutoencoder::fit(random_interactions(20, 10, 3), parameters);
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.error().field(), "regularization");
  }
}

TEST(LinearAutoencoder, NoInteractionsNoNeighbours) {
  SparseMatrix nothing{.columns = 4, .offsets = {0, 0, 0}, .indices = {}, .values = {}};
  const auto model = LinearAutoencoder::fit(nothing, {});
  ASSERT_TRUE(model.ok());
  EXPECT_TRUE(model->item_graph(10).indices.empty());
  EXPECT_EQ(model->scores(std::vector<std::uint32_t>{1}).values, std::vector<float>(4));
}

}  // namespace
}  // namespace magpie

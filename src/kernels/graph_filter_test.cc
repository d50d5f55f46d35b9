#include "kernels/graph_filter.h"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <Eigen/SVD>
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
      if (random.uniform() > 0.6 / (1 + item * 0.2)) continue;
      matrix.indices.push_back(item);
      matrix.values.push_back(static_cast<float>(1 + random.below(2)));
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

// The oracle: the definition in the header from dense matrices and a full singular value decomposition.
struct NaiveFilter {
  Eigen::MatrixXd normalized;
  Eigen::MatrixXd filter;  // X'^T X' + w V V^T
  Eigen::VectorXd item_scales;
  Eigen::VectorXd target_scales;
};

Eigen::VectorXd power(const Eigen::VectorXd& degrees, double exponent) {
  return degrees.unaryExpr([=](double degree) { return degree > 0 ? std::pow(degree, exponent) : 0; });
}

NaiveFilter naive_filter(const SparseMatrix& interactions, const GraphFilterParameters& parameters) {
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(interactions.rows(), interactions.columns);
  for (std::size_t user = 0; user < interactions.rows(); ++user) {
    for (std::size_t i = interactions.offsets[user]; i < interactions.offsets[user + 1]; ++i) {
      x(user, interactions.indices[i]) = interactions.values[i];
    }
  }
  const Eigen::VectorXd degrees = x.colwise().sum();
  NaiveFilter naive;
  naive.item_scales = power(degrees, -parameters.item_exponent);
  naive.target_scales = power(degrees, parameters.popularity_exponent);
  naive.normalized =
      power(x.rowwise().sum(), -parameters.user_exponent).asDiagonal() * x * naive.item_scales.asDiagonal();
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(naive.normalized, Eigen::ComputeThinV);
  const Eigen::MatrixXd smooth = svd.matrixV().leftCols(static_cast<Eigen::Index>(parameters.rank));
  naive.filter =
      naive.normalized.transpose() * naive.normalized + parameters.low_pass_weight * smooth * smooth.transpose();
  return naive;
}

std::vector<std::uint32_t> all_users(const SparseMatrix& interactions) {
  std::vector<std::uint32_t> users(interactions.rows());
  std::iota(users.begin(), users.end(), 0U);
  return users;
}

GraphFilterParameters small_parameters(std::size_t rank) {
  GraphFilterParameters parameters;
  parameters.user_exponent = 0.4F;
  parameters.item_exponent = 0.3F;
  parameters.popularity_exponent = 0.2F;
  parameters.low_pass_weight = 0.5F;
  parameters.rank = rank;
  return parameters;
}

TEST(GraphFilter, ScoresEqualTheDenseFilter) {
  const SparseMatrix matrix = random_interactions(150, 40, 1);
  for (const std::size_t rank : {0, 1, 8}) {
    const auto parameters = small_parameters(rank);
    const NaiveFilter naive = naive_filter(matrix, parameters);
    const Eigen::MatrixXd expected = naive.normalized * naive.filter * naive.target_scales.asDiagonal();
    const Matrix scores = GraphFilter::fit(matrix, parameters).scores(all_users(matrix));
    for (std::size_t user = 0; user < scores.rows; ++user) {
      for (std::size_t item = 0; item < scores.columns; ++item) {
        EXPECT_NEAR(scores.row(user)[item], expected(user, item), 1e-4) << rank << ": " << user << ", " << item;
      }
    }
  }
}

TEST(GraphFilter, ItemGraphHoldsTheLargestWeightsOfItemsThatShareAUser) {
  const SparseMatrix matrix = random_interactions(30, 20, 2);
  const auto parameters = small_parameters(4);
  const NaiveFilter naive = naive_filter(matrix, parameters);
  const SparseMatrix graph = GraphFilter::fit(matrix, parameters).item_graph(5);
  ASSERT_EQ(graph.rows(), matrix.columns);
  const Eigen::MatrixXd linear = naive.normalized.transpose() * naive.normalized;
  const Eigen::MatrixXd weights = naive.item_scales.asDiagonal() * naive.filter * naive.target_scales.asDiagonal();
  for (std::size_t item = 0; item < graph.rows(); ++item) {
    std::vector<double> expected;
    for (Eigen::Index other = 0; other < weights.cols(); ++other) {
      if (other != static_cast<Eigen::Index>(item) && linear(item, other) > 0 && weights(item, other) > 0) {
        expected.push_back(weights(item, other));
      }
    }
    std::ranges::sort(expected, std::greater{});
    const auto values = graph.row_values(item);
    ASSERT_EQ(values.size(), std::min<std::size_t>(5, expected.size())) << item;
    for (std::size_t k = 0; k < values.size(); ++k) {
      EXPECT_NEAR(values[k], expected[k], 1e-4);
      EXPECT_NEAR(values[k], weights(item, graph.row_indices(item)[k]), 1e-4);
    }
  }
}

TEST(GraphFilter, TheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(150, 40, 3);
  auto parameters = small_parameters(8);
  parameters.threads = 1;
  const GraphFilter alone = GraphFilter::fit(matrix, parameters);
  parameters.threads = 3;
  const GraphFilter together = GraphFilter::fit(matrix, parameters);
  EXPECT_EQ(alone.scores(all_users(matrix)), together.scores(all_users(matrix)));
  EXPECT_EQ(alone.item_graph(7), together.item_graph(7));
}

TEST(GraphFilter, NoInteractionsNoNeighbours) {
  const SparseMatrix nothing{.columns = 4, .offsets = {0, 0, 0}, .indices = {}, .values = {}};
  const GraphFilter filter = GraphFilter::fit(nothing, {});
  EXPECT_TRUE(filter.item_graph(10).indices.empty());
  EXPECT_EQ(filter.scores(std::vector<std::uint32_t>{1}).values, std::vector<float>(4));
}

}  // namespace
}  // namespace magpie

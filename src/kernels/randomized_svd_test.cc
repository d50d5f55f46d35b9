#include "kernels/randomized_svd.h"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <Eigen/SVD>

#include "base/random.h"
#include "kernels/sparse_product.h"

namespace magpie {
namespace {

SparseMatrix sparse(const Eigen::MatrixXd& dense) {
  SparseMatrix matrix;
  matrix.columns = static_cast<std::size_t>(dense.cols());
  for (Eigen::Index row = 0; row < dense.rows(); ++row) {
    for (Eigen::Index column = 0; column < dense.cols(); ++column) {
      if (dense(row, column) == 0) continue;
      matrix.indices.push_back(static_cast<std::uint32_t>(column));
      matrix.values.push_back(static_cast<float>(dense(row, column)));
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Random random(seed);
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return random.uniform() < 0.3 ? random.normal() : 0; });
}

Eigen::MatrixXd dense(const Matrix& matrix) {
  return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
             matrix.values.data(), static_cast<Eigen::Index>(matrix.rows), static_cast<Eigen::Index>(matrix.columns))
      .cast<double>();
}

RandomizedSvdParameters parameters_of(std::size_t rank) {
  RandomizedSvdParameters parameters;
  parameters.rank = rank;
  parameters.oversampling = 10;
  parameters.iterations = 30;  // Random matrices have close singular values.
  return parameters;
}

// Vectors are unique up to sign only: what they span is compared.
TEST(RandomizedSvd, EqualsTheFullDecomposition) {
  for (const auto& [rows, columns] : {std::pair{60, 40}, std::pair{40, 300}}) {
    const Eigen::MatrixXd matrix = random_matrix(rows, columns, 1);
    const Eigen::BDCSVD<Eigen::MatrixXd> full(matrix, Eigen::ComputeThinV);
    const auto result = randomized_svd(sparse(matrix), parameters_of(5));
    ASSERT_EQ(result.values.size(), 5U);
    for (Eigen::Index i = 0; i < 5; ++i) EXPECT_NEAR(result.values[i], full.singularValues()[i], 2e-3);
    const Eigen::MatrixXd vectors = dense(result.vectors);
    EXPECT_TRUE((vectors.transpose() * vectors).isIdentity(1e-5));
    // The matrix keeps as much of itself on these vectors as on the best ones.
    EXPECT_NEAR((matrix * vectors).squaredNorm(), full.singularValues().head(5).squaredNorm(), 2e-2);
  }
}

TEST(RandomizedSvd, WidthOfTheMatrixIsExact) {
  const Eigen::MatrixXd matrix = random_matrix(12, 9, 2);
  const auto result = randomized_svd(sparse(matrix), parameters_of(9));
  const Eigen::MatrixXd vectors = dense(result.vectors);
  ASSERT_EQ(vectors.cols(), 9);
  EXPECT_TRUE((matrix * vectors * vectors.transpose()).isApprox(matrix, 1e-5));
}

TEST(RandomizedSvd, AMatrixOfLowerRankGivesFewerVectors) {
  const Eigen::MatrixXd left = random_matrix(50, 3, 4);
  const Eigen::MatrixXd matrix = left * random_matrix(3, 30, 5);
  const auto result = randomized_svd(sparse(matrix), parameters_of(10));
  EXPECT_EQ(result.values.size(), 3U);
  const Eigen::MatrixXd vectors = dense(result.vectors);
  EXPECT_TRUE((matrix * vectors * vectors.transpose()).isApprox(matrix, 1e-4));
}

TEST(RandomizedSvd, ZeroHasNoVectors) {
  const auto result = randomized_svd(sparse(Eigen::MatrixXd::Zero(4, 6)), parameters_of(2));
  EXPECT_TRUE(result.values.empty());
  EXPECT_EQ(result.vectors.columns, 0U);
}

TEST(RandomizedSvd, TheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = sparse(random_matrix(700, 90, 6));
  auto parameters = parameters_of(12);
  parameters.threads = 1;
  const auto alone = randomized_svd(matrix, parameters);
  for (const unsigned threads : {2U, 3U}) {
    parameters.threads = threads;
    const auto together = randomized_svd(matrix, parameters);
    EXPECT_EQ(together.values, alone.values);
    EXPECT_EQ(together.vectors, alone.vectors);
  }
}

TEST(SparseProduct, EqualsTheDenseProduct) {
  const Eigen::MatrixXd left = random_matrix(7, 5, 7);
  Matrix right(5, 3);
  Random random(8);
  for (float& value : right.values) value = static_cast<float>(random.normal());
  EXPECT_TRUE(dense(multiply(sparse(left), right, 2)).isApprox(left * dense(right), 1e-5));
}

}  // namespace
}  // namespace magpie

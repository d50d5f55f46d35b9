#include "kernels/beyond_accuracy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

using Rows = std::vector<std::uint32_t>;

TEST(Exposure, CoverageIsTheShareOfItemsShown) {
  Exposure exposure(4);
  EXPECT_DOUBLE_EQ(exposure.coverage(), 0);
  exposure.add(Rows{0, 1});
  exposure.add(Rows{1});
  EXPECT_DOUBLE_EQ(exposure.coverage(), 0.5);
  EXPECT_DOUBLE_EQ(Exposure(0).coverage(), 0);
}

// The definition: the mean absolute difference of all pairs, by twice the mean.
double naive_gini(const std::vector<double>& counts) {
  double differences = 0;
  double sum = 0;
  for (const double a : counts) {
    sum += a;
    for (const double b : counts) differences += std::abs(a - b);
  }
  const auto n = static_cast<double>(counts.size());
  return differences / (2 * n * sum);
}

TEST(Exposure, GiniIsTheSameAsItsDefinition) {
  Random random(31);
  for (int trial = 0; trial < 20; ++trial) {
    Exposure exposure(30);
    std::vector<double> counts(30);
    for (int i = 0; i < 100; ++i) {
      const auto row = static_cast<std::uint32_t>(random.below(1 + random.below(30)));
      exposure.add(Rows{row});
      ++counts[row];
    }
    EXPECT_NEAR(exposure.gini(), naive_gini(counts), 1e-12);
  }
}

TEST(Exposure, GiniOfEqualAndOfUnequalShares) {
  Exposure equal(3);
  EXPECT_DOUBLE_EQ(equal.gini(), 0);
  equal.add(Rows{0, 1, 2});
  EXPECT_NEAR(equal.gini(), 0, 1e-12);
  Exposure one(100);
  one.add(Rows{7});
  EXPECT_NEAR(one.gini(), 0.99, 1e-12);
}

TEST(MeanSelfInformation, IsOfOneMoreUserThanThereAre) {
  const Rows users_of = {7, 0, 3};
  EXPECT_DOUBLE_EQ(mean_self_information(Rows{0}, users_of, 7), 0);
  EXPECT_DOUBLE_EQ(mean_self_information(Rows{1}, users_of, 7), 3);
  EXPECT_DOUBLE_EQ(mean_self_information(Rows{1, 2}, users_of, 7), 2);
  EXPECT_DOUBLE_EQ(mean_self_information(Rows{}, users_of, 7), 0);
}

SparseMatrix unit_rows(std::size_t rows, std::size_t columns, Random& random) {
  SparseMatrix matrix;
  matrix.columns = columns;
  for (std::size_t row = 0; row < rows; ++row) {
    double squares = 0;
    const std::size_t first = matrix.indices.size();
    for (std::uint32_t column = 0; column < columns; ++column) {
      if (random.below(2) == 0) continue;
      matrix.indices.push_back(column);
      matrix.values.push_back(static_cast<float>(random.uniform()));
      squares += static_cast<double>(matrix.values.back()) * static_cast<double>(matrix.values.back());
    }
    for (std::size_t i = first; i < matrix.values.size(); ++i)
      matrix.values[i] /= static_cast<float>(std::sqrt(squares));
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

double cosine(const SparseMatrix& matrix, std::uint32_t a, std::uint32_t b) {
  double sum = 0;
  for (std::size_t i = 0; i < matrix.row_indices(a).size(); ++i) {
    for (std::size_t j = 0; j < matrix.row_indices(b).size(); ++j) {
      if (matrix.row_indices(a)[i] != matrix.row_indices(b)[j]) continue;
      sum += static_cast<double>(matrix.row_values(a)[i]) * static_cast<double>(matrix.row_values(b)[j]);
    }
  }
  return sum;
}

TEST(IntraListDiversity, IsTheSameAsEveryPair) {
  Random random(32);
  const SparseMatrix vectors = unit_rows(12, 9, random);
  const Rows shown = {3, 0, 7, 11, 5};
  double similarity = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    for (std::size_t j = i + 1; j < shown.size(); ++j) similarity += cosine(vectors, shown[i], shown[j]);
  }
  ASSERT_TRUE(intra_list_diversity(shown, vectors).has_value());
  EXPECT_NEAR(*intra_list_diversity(shown, vectors), 1 - similarity / 10, 1e-6);
}

TEST(IntraListDiversity, EqualItemsHaveNoneAndItemsWithoutContentDoNotCount) {
  SparseMatrix vectors;
  vectors.columns = 2;
  vectors.indices = {0, 0, 1};
  vectors.values = {1, 1, 1};
  vectors.offsets = {0, 1, 2, 3, 3};
  EXPECT_NEAR(*intra_list_diversity(Rows{0, 1}, vectors), 0, 1e-12);
  EXPECT_NEAR(*intra_list_diversity(Rows{0, 2}, vectors), 1, 1e-12);
  EXPECT_NEAR(*intra_list_diversity(Rows{0, 3, 2}, vectors), 1, 1e-12);
  EXPECT_FALSE(intra_list_diversity(Rows{0, 3}, vectors).has_value());
  EXPECT_FALSE(intra_list_diversity(Rows{}, vectors).has_value());
}

}  // namespace
}  // namespace magpie

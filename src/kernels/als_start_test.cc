#include "kernels/als_start.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernels/als_dense.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

// Users of group g have items of group g only, each with an even chance; the last item has no user.
SparseMatrix groups(std::size_t users, std::size_t items, std::size_t count) {
  Random random(1);
  SparseMatrix matrix;
  matrix.columns = items;
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t item = user % count; item + 1 < items; item += count) {
      if (random.uniform() < 0.5) continue;
      matrix.indices.push_back(static_cast<std::uint32_t>(item));
      matrix.values.push_back(1);
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const Eigen::Map<const Eigen::VectorXf> x(a.data(), static_cast<Eigen::Index>(a.size()));
  const Eigen::Map<const Eigen::VectorXf> y(b.data(), static_cast<Eigen::Index>(b.size()));
  return x.dot(y) / (x.norm() * y.norm());
}

TEST(AlsStart, ItemsOfAGroupAreNearEachOther) {
  const SparseMatrix matrix = groups(300, 41, 4);
  const Matrix items = als_start(matrix, transpose(matrix), {.factors = 4, .rounds = 4});
  for (std::size_t a = 0; a < 40; ++a) {
    for (std::size_t b = 0; b < 40; ++b) {
      const double near = cosine(items.row(a).first(4), items.row(b).first(4));
      if (a % 4 == b % 4) {
        EXPECT_GT(near, 0.9);
      } else {
        EXPECT_LT(std::abs(near), 0.3);
      }
    }
  }
}

TEST(AlsStart, ColumnsAreOrthogonal) {
  const SparseMatrix matrix = groups(300, 41, 4);
  const Matrix items = als_start(matrix, transpose(matrix), {.factors = 10});
  for (std::size_t j = 0; j < 10; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      double product = 0;
      for (std::size_t row = 0; row < items.rows; ++row) product += items.row(row)[j] * items.row(row)[k];
      EXPECT_NEAR(product, 0, 1e-3);
    }
  }
}

TEST(AlsStart, PaddingAndItemsWithoutUsersAreZero) {
  const SparseMatrix matrix = groups(50, 21, 3);
  const Matrix items = als_start(matrix, transpose(matrix), {.factors = 10});
  ASSERT_EQ(items.columns, als_padded(10));
  for (const float value : items.row(20)) EXPECT_EQ(value, 0);
  for (std::size_t row = 0; row < items.rows; ++row) {
    for (const float value : items.row(row).subspan(10)) EXPECT_EQ(value, 0);
  }
}

TEST(AlsStart, IsTheSameWhateverTheThreads) {
  const SparseMatrix matrix = groups(500, 201, 5);
  const SparseMatrix by_item = transpose(matrix);
  const Matrix alone = als_start(matrix, by_item, {.factors = 20, .threads = 1});
  for (const unsigned threads : {2U, 3U}) {
    EXPECT_EQ(alone, als_start(matrix, by_item, {.factors = 20, .threads = threads}));
  }
}

TEST(AlsStart, WithoutRoundsIsRandom) {
  SparseMatrix matrix;
  matrix.columns = 1000;
  const Matrix items = als_start(matrix, transpose(matrix), {.factors = 32, .rounds = 0});
  double sum = 0;
  double squares = 0;
  for (const float value : items.values) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(items.values.size());
  EXPECT_NEAR(sum / count, 0, 0.003);
  EXPECT_NEAR(squares / count, 0.01, 0.0003);
}

TEST(AlsStart, NoInteractionsAndMoreFactorsThanItemsStayFinite) {
  SparseMatrix nothing;
  nothing.columns = 5;
  for (const SparseMatrix& matrix : {nothing, groups(20, 6, 2)}) {
    const Matrix items = als_start(matrix, transpose(matrix), {.factors = 30});
    for (const float value : items.values) EXPECT_TRUE(std::isfinite(value));
  }
}

}  // namespace
}  // namespace magpie

#include "kernels/sparse_transpose.h"

#include <gtest/gtest.h>

namespace magpie {
namespace {

SparseMatrix example() {
  SparseMatrix matrix;  // {{0, 5, 0}, {}, {7, 6, 0}}
  matrix.columns = 3;
  matrix.offsets = {0, 1, 1, 3};
  matrix.indices = {1, 0, 1};
  matrix.values = {5, 7, 6};
  return matrix;
}

TEST(SparseTranspose, MovesEachValueAcrossTheDiagonal) {
  const SparseMatrix transposed = transpose(example());
  EXPECT_EQ(transposed.columns, 3U);
  EXPECT_EQ(transposed.offsets, (std::vector<std::uint64_t>{0, 1, 3, 3}));
  EXPECT_EQ(transposed.indices, (std::vector<std::uint32_t>{2, 0, 2}));
  EXPECT_EQ(transposed.values, (std::vector<float>{7, 5, 6}));
}

TEST(SparseTranspose, TwiceIsTheSame) { EXPECT_EQ(transpose(transpose(example())), example()); }

TEST(SparseTranspose, KeepsEmptyShapes) {
  SparseMatrix empty;
  empty.columns = 4;
  EXPECT_EQ(transpose(empty).rows(), 4U);
  EXPECT_EQ(transpose(transpose(empty)), empty);
}

}  // namespace
}  // namespace magpie

#include "kernels/degree_normalization.h"

#include <gtest/gtest.h>

#include <cmath>

namespace magpie {
namespace {

// 1 2 .
// . 2 .
// . . .
SparseMatrix example() { return {.columns = 3, .offsets = {0, 2, 3, 3}, .indices = {0, 1, 1}, .values = {1, 2, 2}}; }

TEST(DegreeNormalization, DegreesAreTotalWeights) {
  EXPECT_EQ(row_degrees(example()), (std::vector<float>{3, 2, 0}));
  EXPECT_EQ(column_degrees(example()), (std::vector<float>{1, 4, 0}));
}

TEST(DegreeNormalization, PowerOfNoDegreeIsZero) {
  const std::vector<float> degrees{0, 4};
  EXPECT_EQ(degree_powers(degrees, -0.5F), (std::vector<float>{0, 0.5F}));
  EXPECT_EQ(degree_powers(degrees, 0), (std::vector<float>{0, 1}));
}

TEST(DegreeNormalization, EachEntryIsScaledByItsRowAndColumn) {
  const SparseMatrix scaled = scale(example(), std::vector<float>{1, 10, 0}, std::vector<float>{2, 3, 0});
  EXPECT_EQ(scaled.values, (std::vector<float>{2, 6, 60}));
  EXPECT_EQ(scaled.indices, example().indices);
}

TEST(DegreeNormalization, SymmetricNormalization) {
  const SparseMatrix normalized = normalize_degrees(example(), 0.5F, 0.5F);
  EXPECT_FLOAT_EQ(normalized.values[0], 1 / std::sqrt(3.0F));
  EXPECT_FLOAT_EQ(normalized.values[1], 2 / std::sqrt(12.0F));
  EXPECT_FLOAT_EQ(normalized.values[2], 2 / std::sqrt(8.0F));
}

TEST(DegreeNormalization, ExponentZeroChangesNothing) { EXPECT_EQ(normalize_degrees(example(), 0, 0), example()); }

}  // namespace
}  // namespace magpie

#include "adapters/embedded/exact_index.h"

#include <gtest/gtest.h>

#include <limits>

namespace magpie::embedded {
namespace {

Matrix matrix(std::size_t columns, std::vector<float> values) {
  Matrix made;
  made.columns = columns;
  made.rows = values.size() / columns;
  made.values = std::move(values);
  return made;
}

std::vector<std::uint32_t> rows_of(const std::vector<Neighbour>& neighbours) {
  std::vector<std::uint32_t> rows;
  for (const auto& neighbour : neighbours) rows.push_back(neighbour.row);
  return rows;
}

TEST(ExactIndex, BreaksTiesByRow) {
  const auto index = ExactIndexFactory().build(matrix(2, {1, 0, 2, 0, 1, 5, 0, 9, 1, 7})).value()->serialize();
  const auto loaded = ExactIndexFactory().load(*index).value()->search(std::vector<float>{1, 0}, 3);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(rows_of(*loaded), (std::vector<std::uint32_t>{1, 0, 2}));
  EXPECT_EQ(loaded->at(0).similarity, 2.0F);
}

TEST(ExactIndex, FindsNegativeSimilaritiesToo) {
  const auto index = ExactIndexFactory().build(matrix(1, {-3, -1, -2}));
  EXPECT_EQ(rows_of((*index)->search(std::vector<float>{1}, 2).value()), (std::vector<std::uint32_t>{1, 2}));
}

TEST(ExactIndex, RefusesWhatHasNoOrder) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(ExactIndexFactory().build(matrix(2, {1, nan})).error().code(), ErrorCode::kInvalidArgument);
  const auto index = ExactIndexFactory().build(matrix(1, {1}));
  EXPECT_EQ((*index)->search(std::vector<float>{nan}, 1).error().code(), ErrorCode::kInvalidArgument);
}

TEST(ExactIndex, RefusesAShapeThatItsBytesCannotHold) {
  std::string bytes = ExactIndexFactory().build(matrix(2, {1, 2, 3, 4})).value()->serialize().value();
  bytes[6 + 7] = '\x40';  // The highest byte of the number of rows.
  EXPECT_EQ(ExactIndexFactory().load(bytes).error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie::embedded

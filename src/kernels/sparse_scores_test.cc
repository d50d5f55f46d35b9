#include "kernels/sparse_scores.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace magpie {
namespace {

TEST(SparseScores, SumsAsAMapDoes) {
  Random random(1);
  SparseScores<double> scores(1);
  std::map<std::uint32_t, double> expected;
  for (int i = 0; i < 20'000; ++i) {
    // Close together, far apart, and the largest rows that there are.
    const auto row = static_cast<std::uint32_t>(i % 3 == 0 ? random.below(100) : ~random.below(5'000));
    const double amount = random.uniform();
    scores[row] += amount;
    expected[row] += amount;
  }
  ASSERT_EQ(scores.entries().size(), expected.size());
  for (const auto& [row, value] : expected) {
    ASSERT_NE(scores.find(row), nullptr);
    EXPECT_EQ(*scores.find(row), value);
  }
}

TEST(SparseScores, EntriesStandInOrderOfFirstUse) {
  SparseScores<int> scores;
  for (const std::uint32_t row : {7U, 3U, 7U, 1U, 3U}) ++scores[row];
  std::vector<std::uint32_t> rows;
  for (const auto& entry : scores.entries()) rows.push_back(entry.row);
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{7, 3, 1}));
}

TEST(SparseScores, UnknownRowsAreNotFound) {
  SparseScores<int> scores(0);
  EXPECT_EQ(scores.find(0), nullptr);
  scores[5] = 1;
  EXPECT_EQ(scores.find(6), nullptr);
}

}  // namespace
}  // namespace magpie

#include "kernels/topk.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace magpie {
namespace {

TEST(TopK, IsTheHeadOfTheWholeOrder) {
  Random random(3);
  std::vector<ScoredRow> rows;
  for (std::uint32_t row = 0; row < 500; ++row) rows.push_back({row, static_cast<float>(random.below(40))});
  std::vector<ScoredRow> sorted = rows;
  std::sort(sorted.begin(), sorted.end(), ranks_before);
  for (const std::size_t k : {0U, 1U, 37U, 499U, 500U, 900U}) {
    std::vector<ScoredRow> top = rows;
    keep_top(top, k);
    EXPECT_EQ(top, std::vector<ScoredRow>(sorted.begin(), sorted.begin() + std::min<std::ptrdiff_t>(k, 500)));
  }
}

TEST(TopK, EqualScoresAreOrderedByRow) {
  std::vector<ScoredRow> rows = {{4, 1}, {2, 1}, {9, 2}, {3, 1}};
  keep_top(rows, 3);
  EXPECT_EQ(rows, (std::vector<ScoredRow>{{9, 2}, {2, 1}, {3, 1}}));
}

}  // namespace
}  // namespace magpie

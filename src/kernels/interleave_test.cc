#include "kernels/interleave.h"

#include <gtest/gtest.h>

namespace magpie {
namespace {

using Rows = std::vector<ScoredRow>;

TEST(Interleave, TakesTurnsAndLeavesOutWhatIsThere) {
  const Rows first{{1, 0.9F}, {2, 0.8F}, {3, 0.7F}};
  const Rows second{{2, 50}, {1, 40}, {4, 30}, {5, 20}};
  EXPECT_EQ(interleave(first, second), (Rows{{1, 0.9F}, {2, 50}, {3, 0.7F}, {4, 30}, {5, 20}}));
  EXPECT_EQ(interleave(second, first), (Rows{{2, 50}, {1, 0.9F}, {4, 30}, {3, 0.7F}, {5, 20}}));
}

TEST(Interleave, OfOneListIsThatList) {
  const Rows list{{7, 3}, {8, 2}};
  EXPECT_EQ(interleave(list, {}), list);
  EXPECT_EQ(interleave({}, list), list);
  EXPECT_EQ(interleave(list, list), list);
  EXPECT_EQ(interleave({}, {}), Rows{});
}

}  // namespace
}  // namespace magpie

#include "app/text_table.h"

#include <gtest/gtest.h>

namespace magpie::app {
namespace {

TEST(Cell, PadsAndCutsByCharacters) {
  EXPECT_EQ(cell("ab", 4), "ab  ");
  EXPECT_EQ(cell("abcd", 4), "abcd");
  EXPECT_EQ(cell("abcde", 4), "abc…");
  EXPECT_EQ(cell("Ü", 3), "Ü  ");
  EXPECT_EQ(cell("Amélie à Paris", 5), "Amél…");
}

}  // namespace
}  // namespace magpie::app

#include "base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace magpie {
namespace {

// From the reference implementation's `xxhsum -H3` and `-H2`: stored hashes must never change.
TEST(Hash, IsXxh3) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2U);
  EXPECT_EQ(hash64("a"), 0xe6c632b61e964e1fU);
  EXPECT_EQ(hash64("abc"), 0x78af5f94892f3950U);
}

TEST(Hash, ChecksumIsXxh128InHex) {
  EXPECT_EQ(checksum128({}), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(checksum128(std::string_view("abc")), "06b05ab6733a618578af5f94892f3950");
}

TEST(Hash, LongInputsDifferByOneByte) {
  std::string text(100'000, 'x');
  const auto before = hash64(text);
  const auto checksum = checksum128(text);
  text[99'999] = 'y';
  EXPECT_NE(hash64(text), before);
  EXPECT_NE(checksum128(text), checksum);
}

}  // namespace
}  // namespace magpie

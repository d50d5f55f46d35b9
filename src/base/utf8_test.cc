#include "base/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace magpie {
namespace {

std::string encode(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 63))};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63))};
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63)),
          byte(0x80 | (code & 63))};
}

TEST(Utf8, TakesEveryCodePointButSurrogates) {
  for (std::uint32_t code = 0; code <= 0x110100; ++code) {
    const bool valid = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    ASSERT_EQ(is_valid_utf8(encode(code)), valid) << code;
    ASSERT_EQ(is_valid_utf8("12345678" + encode(code) + "z"), valid) << code;
  }
}

TEST(Utf8, RefusesEveryTruncation) {
  for (const std::uint32_t code : {0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    const std::string whole = encode(code);
    for (std::size_t length = 1; length < whole.size(); ++length) {
      EXPECT_FALSE(is_valid_utf8(whole.substr(0, length))) << code;
      EXPECT_FALSE(is_valid_utf8(whole.substr(length))) << code;
    }
  }
}

TEST(Utf8, RefusesOverlongForms) {
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xC1\xBF"));
  EXPECT_FALSE(is_valid_utf8("\xE0\x9F\xBF"));
  EXPECT_FALSE(is_valid_utf8("\xF0\x8F\xBF\xBF"));
  EXPECT_FALSE(is_valid_utf8("\xFF"));
}

TEST(Utf8, PrintableHasNoControlCharacters) {
  EXPECT_TRUE(is_printable_utf8("item 42 \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xA6"));
  EXPECT_TRUE(is_printable_utf8(encode(0xA0)));
  for (const std::uint32_t code : {0x00U, 0x0AU, 0x1FU, 0x7FU, 0x80U, 0x9FU}) {
    EXPECT_FALSE(is_printable_utf8("a" + encode(code))) << code;
    EXPECT_TRUE(is_valid_utf8("a" + encode(code))) << code;
  }
  EXPECT_FALSE(is_printable_utf8("\xE2\x82"));
}

}  // namespace
}  // namespace magpie

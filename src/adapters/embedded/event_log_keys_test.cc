#include "adapters/embedded/event_log_keys.h"

#include <gtest/gtest.h>

namespace magpie::embedded {
namespace {

TEST(EventLogKeys, OrderAsRecordsDo) {
  EXPECT_LT(record_key(0, 0), record_key(0, 1));
  EXPECT_LT(record_key(0, 255), record_key(0, 256));
  EXPECT_LT(record_key(0, ~Offset{0}), record_key(1, 0));
  EXPECT_LT(record_key(1, 5), record_key(256, 0));
}

TEST(EventLogKeys, AreBigEndian) {
  const RecordKey expected{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 3};
  EXPECT_EQ(record_key(1, 0x203), expected);
  EXPECT_EQ(offset_of(std::string_view(expected.data(), expected.size())), 0x203U);
}

TEST(EventLogKeys, NumbersRoundTrip) {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{0xfedcba9876543210}, ~std::uint64_t{0}}) {
    EXPECT_EQ(parse_number(number_value(number)), number);
  }
  EXPECT_EQ(parse_number(""), std::nullopt);
  EXPECT_EQ(parse_number("1234567"), std::nullopt);
  EXPECT_EQ(parse_number("123456789"), std::nullopt);
}

}  // namespace
}  // namespace magpie::embedded

#include "batch/import_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace magpie::batch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::optional<std::int64_t> time(std::string_view text) { return parse_timestamp(text, TimeUnit::kAuto); }

TEST(ParseTimestamp, TellsUnitsByTheirSize) {
  EXPECT_EQ(time("881250949"), 881'250'949'000);
  EXPECT_EQ(time("881250949.75"), 881'250'949'750);
  EXPECT_EQ(time("8.81250949E8"), 881'250'949'000);
  EXPECT_EQ(time("1700000000123"), 1'700'000'000'123);
  EXPECT_EQ(time("1700000000123456"), 1'700'000'000'123);
  EXPECT_EQ(time("0"), 0);
  EXPECT_EQ(time(" 5 "), 5000);
}

TEST(ParseTimestamp, ObeysAGivenUnit) {
  EXPECT_EQ(parse_timestamp("5", TimeUnit::kMilliseconds), 5);
  EXPECT_EQ(parse_timestamp("5999", TimeUnit::kMicroseconds), 5);
  EXPECT_EQ(parse_timestamp("-1", TimeUnit::kMicroseconds), -1) << "rounded down, as all times are";
  EXPECT_EQ(parse_timestamp("1e3", TimeUnit::kSeconds), 1'000'000);
  EXPECT_EQ(parse_timestamp("2020-01-01", TimeUnit::kSeconds), std::nullopt);
  EXPECT_EQ(parse_timestamp("5", TimeUnit::kIso8601), std::nullopt);
}

TEST(ParseTimestamp, ReadsIso8601) {
  EXPECT_EQ(time("1970-01-02"), 86'400'000);
  EXPECT_EQ(time("2024-02-29T12:34:56Z"), 1'709'210'096'000);
  EXPECT_EQ(time("2024-02-29 12:34:56"), 1'709'210'096'000);
  EXPECT_EQ(time("2024-02-29T12:34"), 1'709'210'040'000);
  EXPECT_EQ(time("2024-02-29T12:34:56.7Z"), 1'709'210'096'700);
  EXPECT_EQ(time("2024-02-29T12:34:56.123456789Z"), 1'709'210'096'123);
  EXPECT_EQ(time("2024-02-29T14:04:56+01:30"), 1'709'210'096'000);
  EXPECT_EQ(time("2024-02-29T04:34:56-0800"), 1'709'210'096'000);
  EXPECT_EQ(time("1969-12-31T23:59:59.999Z"), -1);
}

TEST(ParseTimestamp, RefusesTheRest) {
  for (const char* text : {"", "yesterday", "2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T", "2024-01-01T25:00",
                           "2024-01-01T10:61", "2024-01-01T10:00:00.Z", "2024-01-01T10:00:00 CET", "2024-01-01x", "nan",
                           "inf", "1e300", "12 13", "0x10", "2024-01-01T10:00:00+99:00"}) {
    EXPECT_EQ(time(text), std::nullopt) << text;
  }
}

TEST(ParseNumber, TakesTheWholeText) {
  EXPECT_EQ(parse_number("-2.5"), -2.5);
  EXPECT_EQ(parse_number(" 4 "), 4);
  EXPECT_EQ(parse_number("4 stars"), std::nullopt);
  EXPECT_EQ(parse_number(""), std::nullopt);
  EXPECT_EQ(parse_number("inf"), std::nullopt);
}

TEST(ParseFlag, KnowsThreePairs) {
  EXPECT_EQ(parse_flag("TRUE"), true);
  EXPECT_EQ(parse_flag("1"), true);
  EXPECT_EQ(parse_flag("no"), false);
  EXPECT_EQ(parse_flag("maybe"), std::nullopt);
}

TEST(SplitList, DropsEmptyParts) {
  EXPECT_THAT(split_list("Action| Drama ||", "|"), ElementsAre("Action", "Drama"));
  EXPECT_THAT(split_list("Animation Children's  Comedy", " "), ElementsAre("Animation", "Children's", "Comedy"));
  EXPECT_THAT(split_list("", "|"), IsEmpty());
  EXPECT_THAT(split_list("one, two", ""), ElementsAre("one, two"));
}

}  // namespace
}  // namespace magpie::batch

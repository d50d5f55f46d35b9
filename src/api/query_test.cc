#include "api/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace magpie::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array kKnown{Parameter{"user_id"},        Parameter{"n"},
                            Parameter{"share"},          Parameter{"explain"},
                            Parameter{"category", true}, Parameter{"exclude", true}};

Query parse(std::string_view text) {
  auto query = Query::parse(text, kKnown);
  EXPECT_TRUE(query.ok()) << query.status().to_string();
  return query.ok() ? std::move(query).value() : Query();
}

std::string wrong_field(std::string_view text) {
  const auto query = Query::parse(text, kKnown);
  return query.ok() ? "" : query.error().field();
}

TEST(PercentDecode, DecodesBytes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%c3%A9+d"), "a b/c\xC3\xA9+d");
  EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, RefusesWhatIsCutShortOrNotHex) {
  for (const auto* bad : {"%", "%4", "a%", "%4g", "%g4", "%%41", "% 41"})
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
}

TEST(Query, ReadsValues) {
  const Query query = parse("user_id=a%20b+c&n=10");
  EXPECT_EQ(query.text("user_id"), "a b c");
  EXPECT_EQ(*query.count("n"), 10U);
  EXPECT_EQ(query.text("category"), "");
  EXPECT_FALSE(query.has("category"));
}

TEST(Query, AbsentCountIsNone) {
  EXPECT_EQ(*parse("").count("n"), std::nullopt);
  for (const auto* bad : {"n=", "n=-1", "n=1.5", "n=ten", "n=1x", "n=99999999999999999999"}) {
    const auto count = parse(bad).count("n");
    ASSERT_FALSE(count.ok()) << bad;
    EXPECT_EQ(count.error().field(), "n");
  }
}

TEST(Query, Numbers) {
  EXPECT_EQ(*parse("share=0.25").number("share"), 0.25);
  EXPECT_EQ(*parse("share=-1e3").number("share"), -1000.0);
  EXPECT_EQ(*parse("").number("share"), std::nullopt);
  for (const auto* bad : {"share=", "share=1,5", "share=50%25", "share=nan", "share=inf", "share=1e999"}) {
    EXPECT_EQ(parse(bad).number("share").error().field(), "share") << bad;
  }
}

TEST(Query, Flags) {
  EXPECT_TRUE(*parse("explain").flag("explain"));
  EXPECT_TRUE(*parse("explain=true").flag("explain"));
  EXPECT_FALSE(*parse("explain=false").flag("explain"));
  EXPECT_FALSE(*parse("").flag("explain"));
  EXPECT_FALSE(parse("explain=yes").flag("explain").ok());
}

TEST(Query, RepeatableParameters) {
  const Query query = parse("category=a&category=b,c&exclude=1,2&exclude=3%2C4&exclude=,");
  EXPECT_THAT(query.all("category"), ElementsAre("a", "b,c"));
  EXPECT_THAT(query.list("exclude"), ElementsAre("1", "2", "3,4"));
  EXPECT_THAT(parse("").list("exclude"), IsEmpty());
}

TEST(Query, NamesWhatIsWrong) {
  EXPECT_EQ(wrong_field("user_id=1&colour=red"), "colour");
  EXPECT_EQ(wrong_field("user_id=1&user_id=2"), "user_id");
  EXPECT_EQ(wrong_field("user_id=%zz"), "user_id");
  EXPECT_EQ(wrong_field("%zz=1"), "%zz");
  EXPECT_EQ(wrong_field("user%5Fid=1"), "");
}

TEST(Query, EmptyPairsAreNothing) { EXPECT_EQ(parse("&&user_id=1&").text("user_id"), "1"); }

TEST(Query, AnIdMayHoldWhatSeparates) { EXPECT_EQ(parse("user_id=a%26b%3Dc=d").text("user_id"), "a&b=c=d"); }

}  // namespace
}  // namespace magpie::api

#include "model/item_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace magpie {
namespace {

constexpr std::int64_t kHour = 472'222;

ItemStats sample() {
  ItemStats stats;
  stats.buckets = {{kHour - 167, kClick, 1}, {kHour, kView, 4'000'000'000}, {kHour, kPurchase, 2}};
  stats.total[kClick.get()] = 10;
  stats.total[kView.get()] = 5'000'000'000;
  stats.total[kPurchase.get()] = 2;
  stats.total[kLike.get()] = 1;  // Only before the window.
  stats.categories = {"Drama", "War"};
  stats.categories_time = from_unix_ms(kHour * 3'600'000);
  return stats;
}

std::string encoded(const ItemStats& stats, const EventTypes& types = EventTypes()) {
  std::string bytes;
  encode_item_stats(stats, types, bytes);
  return bytes;
}

ErrorCode decode_error(const ItemStats& stats) {
  return decode_item_stats(encoded(stats), EventTypes()).error().code();
}

TEST(ItemStatsCodec, ReadsBackWhatItWrote) {
  for (const ItemStats& stats : {ItemStats(), sample()}) {
    const auto decoded = decode_item_stats(encoded(stats), EventTypes());
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, stats);
  }
}

EventTypes with(const std::vector<const char*>& names) {
  EventTypes types;
  for (const char* const name : names) EXPECT_TRUE(types.set(name, 1).ok());
  return types;
}

TEST(ItemStatsCodec, BytesDoNotDependOnCodes) {
  const EventTypes one = with({"rent", "share"});
  const EventTypes other = with({"share", "rent"});
  ItemStats stats;
  stats.buckets = {{kHour, *one.find("rent"), 1}, {kHour, *one.find("share"), 2}};
  stats.total[one.find("rent")->get()] = 1;
  stats.total[one.find("share")->get()] = 2;
  const auto decoded = decode_item_stats(encoded(stats, one), other);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->total[other.find("share")->get()], 2U);
  EXPECT_TRUE(std::is_sorted(decoded->buckets.begin(), decoded->buckets.end(),
                             [](const auto& a, const auto& b) { return a.type < b.type; }));
  EXPECT_EQ(encoded(*decoded, other), encoded(stats, one));
}

TEST(ItemStatsCodec, CountsOfAForgottenKindAreLeftOut) {
  const EventTypes before = with({"rent"});
  ItemStats stats = sample();
  stats.buckets.push_back({kHour, *before.find("rent"), 9});
  stats.total[before.find("rent")->get()] = 9;
  EXPECT_EQ(decode_item_stats(encoded(stats, before), EventTypes()).value(), sample());
}

TEST(ItemStatsCodec, ChecksWhatItReads) {
  ItemStats stats = sample();
  stats.buckets[0].hour = kHour - kStatsHours;
  EXPECT_EQ(decode_error(stats), ErrorCode::kDataLoss);
  stats = sample();
  stats.buckets[0].count = 0;
  EXPECT_EQ(decode_error(stats), ErrorCode::kDataLoss);
  stats = sample();
  stats.buckets.push_back(stats.buckets.back());
  EXPECT_EQ(decode_error(stats), ErrorCode::kDataLoss);
  stats = sample();
  stats.categories_time = kMaxTimestamp + Duration(1);
  EXPECT_EQ(decode_error(stats), ErrorCode::kDataLoss);
  const std::string whole = encoded(sample());
  EXPECT_FALSE(decode_item_stats(whole + "x", EventTypes()).ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_item_stats(whole.substr(0, length), EventTypes()).ok()) << length;
  }
}

TEST(Trending, FindsACategorysList) {
  Trending trending;
  trending.by_category = {{"Comedy", {{ItemId("a"), 1}}}, {"Drama", {{ItemId("b"), 2}}}};
  ASSERT_NE(trending.find("Drama"), nullptr);
  EXPECT_EQ(trending.find("Drama")->items[0].item, ItemId("b"));
  EXPECT_EQ(trending.find("Crime"), nullptr);
  EXPECT_EQ(trending.find("War"), nullptr);
  EXPECT_EQ(Trending().find("War"), nullptr);
}

}  // namespace
}  // namespace magpie

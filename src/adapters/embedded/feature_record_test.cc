#include "adapters/embedded/feature_record.h"

#include <gtest/gtest.h>

#include "tests/contract/samples.h"

namespace magpie::embedded {
namespace {

using contract::kNoon;
using contract::sample_state;

const EventTypes kTypes = EventTypes::defaults();

Trending sample_trending() {
  return {kNoon, {"", {{ItemId("a"), 3.5}, {ItemId("b"), 1e-9}}}, {{"Comedy", {}}, {"Drama", {{ItemId("zoë"), 2.25}}}}};
}

TEST(FeatureRecord, KeysOfAUserAreNeighbours) {
  EXPECT_EQ(stream_key(UserId("7")), std::string("user:7\0s", 8));
  EXPECT_EQ(batch_key(UserId("7")), std::string("user:7\0b", 8));
  EXPECT_EQ(stream_user(stream_key(UserId("7"))), UserId("7"));
  EXPECT_EQ(stream_user(batch_key(UserId("7"))), std::nullopt);
  EXPECT_EQ(stream_user(item_key(ItemId("7"))), std::nullopt);
  EXPECT_EQ(item_of(item_key(ItemId("7"))), ItemId("7"));
}

TEST(FeatureRecord, TellsTheNewestEventWithoutDecoding) {
  const auto record = encode_stream_record(sample_state(3, kNoon), kTypes);
  EXPECT_EQ(newest_event(record).value(), kNoon);
  EXPECT_EQ(decode_stream_record(record, kTypes).value(), sample_state(3, kNoon));
  const auto impression = encode_stream_record(contract::impressed_state(kNoon + Duration(1)), kTypes);
  EXPECT_EQ(newest_event(impression).value(), kNoon + Duration(1));
}

TEST(FeatureRecord, RefusesDamagedStates) {
  const auto record = encode_stream_record(sample_state(3, kNoon), kTypes);
  for (std::size_t size = 0; size < record.size(); ++size) {
    const auto state = decode_stream_record(std::string_view(record).substr(0, size), kTypes);
    ASSERT_FALSE(state.ok()) << size;
    EXPECT_EQ(state.error().code(), ErrorCode::kDataLoss);
  }
}

TEST(FeatureRecord, TrendingRoundTrips) {
  const auto trending = decode_trending(encode_trending(sample_trending()));
  ASSERT_TRUE(trending.ok());
  EXPECT_EQ(encode_trending(*trending), encode_trending(sample_trending()));
  EXPECT_EQ(trending->computed_at, kNoon);
  EXPECT_EQ(trending->overall.items.at(1).score, 1e-9);
  EXPECT_EQ(trending->by_category.at(1).items.at(0).item, ItemId("zoë"));
}

TEST(FeatureRecord, RefusesDamagedTrending) {
  const auto record = encode_trending(sample_trending());
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(decode_trending(std::string_view(record).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(decode_trending(record + "x").ok());
  std::string newer = record;
  newer[4] = 2;  // The version follows the magic number.
  EXPECT_EQ(decode_trending(newer).error().code(), ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie::embedded

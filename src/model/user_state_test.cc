#include "model/user_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hash.h"

namespace magpie {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

StateItem item(const std::string& id, std::vector<std::string> categories = {}) {
  return {ItemId(id), hash64(id), std::move(categories)};
}

UserState sample() {
  UserState state;
  state.items = {item("a", {"Drama", "War"}), item("b", {"War"}), item("c")};
  state.interactions = {{kNow, 9, 0, kPurchase}, {kNow, 8, 1, kView}, {kNow - Duration(5), 9, 0, kView}};
  state.impressions = {{kNow + Duration(1), 1, 2, kImpression}, {kNow, 2, 0, kImpression}};
  return state;
}

std::string encoded(const UserState& state, const EventTypes& types = EventTypes()) {
  std::string bytes;
  encode_user_state(state, types, bytes);
  return bytes;
}

// What is wrong with the state, as its decoder says.
std::string complaint(const UserState& state) {
  const auto decoded = decode_user_state(encoded(state), EventTypes());
  if (decoded.ok()) return "";
  EXPECT_EQ(decoded.error().code(), ErrorCode::kDataLoss);
  return decoded.error().message();
}

TEST(UserStateCodec, ReadsBackWhatItWrote) {
  for (const UserState& state : {UserState(), sample()}) {
    const auto decoded = decode_user_state(encoded(state), EventTypes());
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, state);
    EXPECT_EQ(encoded(*decoded), encoded(state));
  }
}

TEST(UserStateCodec, ChecksEveryInvariant) {
  const auto with = [](auto change) {
    UserState state = sample();
    change(state);
    return complaint(state);
  };
  EXPECT_EQ(with([](UserState&) {}), "");
  const std::string order = "user state: the events are not in order";
  EXPECT_EQ(with([](UserState& state) { std::swap(state.interactions[0], state.interactions[2]); }), order);
  EXPECT_EQ(with([](UserState& state) { state.interactions[1].event_hash = 9; }), order);
  const std::string out_of_place = "user state: an item out of place";
  EXPECT_EQ(with([](UserState& state) { state.interactions[0].item = 1; }), out_of_place);
  EXPECT_EQ(with([](UserState& state) { state.impressions[0].item = 3; }), out_of_place);
  EXPECT_EQ(with([](UserState& state) { state.items.push_back(item("d")); }), "user state: an item without an event");
  EXPECT_EQ(with([](UserState& state) { state.items[1].id = ItemId(); }), "user state: an item without an id");
  EXPECT_EQ(with([](UserState& state) { state.items[0].categories.assign(17, "c"); }),
            "user state: too many categories of an item");
  EXPECT_EQ(with([](UserState& state) { state.interactions[2].time = kNow + Duration(1) - kFeatureTtl; }),
            "user state: an event from before the window");
  EXPECT_EQ(with([](UserState& state) { state.impressions[0].time = kMaxTimestamp + Duration(1); }),
            "user state: an event out of time");
  const std::string misplaced = "user state: an impression out of place";
  EXPECT_EQ(with([](UserState& state) { state.interactions[1].type = kImpression; }), misplaced);
  EXPECT_EQ(with([](UserState& state) { state.impressions[1].type = kView; }), misplaced);
}

TEST(UserStateCodec, RefusesTooManyEvents) {
  UserState state;
  state.items = {item("a")};
  for (std::size_t i = 0; i <= kMaxInteractions; ++i) state.interactions.push_back({kNow, 5000 - i, 0, kView});
  EXPECT_EQ(complaint(state), "user state: too many events");
  state.interactions.pop_back();
  EXPECT_EQ(complaint(state), "");
}

TEST(UserStateCodec, RefusesAnotherFormat) {
  std::string bytes = encoded(sample());
  bytes[0] = 'X';
  EXPECT_EQ(decode_user_state(bytes, EventTypes()).error().code(), ErrorCode::kDataLoss);
  bytes = encoded(sample());
  bytes[1] = 2;
  EXPECT_EQ(decode_user_state(bytes, EventTypes()).error().code(), ErrorCode::kFailedPrecondition);
}

EventTypes with_kinds(const std::vector<const char*>& names) {
  EventTypes types;
  for (const char* const name : names) EXPECT_TRUE(types.set(name, 1).ok());
  return types;
}

TEST(UserStateCodec, BytesDoNotDependOnCodes) {
  const EventTypes one = with_kinds({"rent", "share"});
  const EventTypes other = with_kinds({"share", "rent"});
  UserState state = sample();
  state.interactions[0].type = *one.find("rent");
  state.interactions[1].type = *one.find("share");
  const auto decoded = decode_user_state(encoded(state, one), other);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->interactions[0].type, other.find("rent"));
  EXPECT_EQ(encoded(*decoded, other), encoded(state, one));
}

TEST(UserStateCodec, EventsOfAForgottenKindAreLeftOut) {
  const EventTypes before = with_kinds({"rent"});
  UserState state = sample();
  state.interactions[1].type = *before.find("rent");  // The only event with item b.
  UserState expected = sample();
  expected.interactions.erase(expected.interactions.begin() + 1);
  expected.items = {item("a", {"Drama", "War"}), item("c")};
  expected.impressions[0].item = 1;
  EXPECT_EQ(decode_user_state(encoded(state, before), EventTypes()).value(), expected);
}

TEST(RestoreItems, OrdersDropsAndClears) {
  UserState state;
  state.items = {item("unused", {"x"}), item("shown", {"x"}), item("second", {"y"}), item("first", {"z"})};
  state.interactions = {{kNow, 3, 3, kView}, {kNow, 2, 2, kView}, {kNow, 1, 3, kView}};
  state.impressions = {{kNow, 4, 1, kImpression}, {kNow, 0, 2, kImpression}};
  restore_items(state);
  EXPECT_EQ(state.items, (std::vector{item("first", {"z"}), item("second", {"y"}), item("shown")}));
  EXPECT_EQ(state.interactions[2].item, 0U);
  EXPECT_EQ(state.impressions[0].item, 2U);
  EXPECT_EQ(state.impressions[1].item, 1U);
  const UserState once = state;
  restore_items(state);
  EXPECT_EQ(state, once);
}

}  // namespace
}  // namespace magpie

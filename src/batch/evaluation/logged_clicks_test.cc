#include "batch/evaluation/logged_clicks.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/in_memory_history_store.h"

namespace magpie::batch {
namespace {

const Timestamp kStart = from_unix_ms(1'700'000'000'000);
constexpr TimeWindow kWindow{from_unix_ms(0), kMaxTimestamp};

class LoggedClicks : public testing::Test {
 protected:
  void add(EventType type, const std::string& request, const std::string& item, std::optional<std::uint32_t> position,
           std::optional<float> propensity, const std::string& user = "u") {
    Event event;
    event.id = EventId("event" + std::to_string(next_++));
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = kStart + std::chrono::seconds(next_);
    event.request = RequestId(request);
    event.position = position;
    event.propensity = propensity;
    history_.add({event});
  }
  void show(const std::string& request, const std::string& item, std::uint32_t position, float propensity = 1,
            const std::string& user = "u") {
    add(kImpression, request, item, position, propensity, user);
  }
  void click(const std::string& request, const std::string& item) { add(kClick, request, item, {}, {}); }

  fakes::InMemoryHistoryStore history_;
  int next_ = 0;
};

TEST_F(LoggedClicks, AClickBelongsToItsRequestAndItem) {
  show("r1", "a", 0);
  show("r1", "b", 1, 0.5F);
  show("r2", "a", 0);
  click("r1", "b");
  click("", "a");  // Organic.
  const auto logged = read_logged_impressions(history_, kWindow);
  ASSERT_TRUE(logged.ok());
  ASSERT_EQ(logged->usable.size(), 3U);
  EXPECT_FALSE(logged->usable[0].clicked);
  EXPECT_TRUE(logged->usable[1].clicked);
  EXPECT_FLOAT_EQ(logged->usable[1].propensity, 0.5F);
  EXPECT_FALSE(logged->usable[2].clicked);
}

TEST_F(LoggedClicks, WhatLacksAPropensityIsCountedAndLeftOut) {
  add(kImpression, "r", "a", 0, std::nullopt);
  add(kImpression, "r", "b", std::nullopt, 1.0F);
  add(kImpression, "", "c", 2, 1.0F);
  const auto logged = read_logged_impressions(history_, kWindow);
  EXPECT_TRUE(logged->usable.empty());
  EXPECT_EQ(logged->without_propensity, 3U);
}

TEST_F(LoggedClicks, AnActionAgreesWhereTheSameItemStandsAtTheSamePosition) {
  show("r1", "a", 0, 0.5F);
  show("r1", "b", 1);
  show("r2", "b", 0);
  show("r2", "c", 7);
  show("r3", "a", 0, 1, "stranger");
  click("r1", "a");
  const std::vector<ItemId> items = {ItemId("a"), ItemId("b"), ItemId("c")};
  const RankedList list = {0, 2};
  const auto logged = read_logged_impressions(history_, kWindow);
  const std::vector<LoggedAction> actions = logged_actions(
      logged->usable, items,
      [&list](const UserId& user) -> const RankedList* { return user == UserId("u") ? &list : nullptr; });
  ASSERT_EQ(actions.size(), 4U);
  EXPECT_FLOAT_EQ(actions[0].target, 1);
  EXPECT_FLOAT_EQ(actions[0].reward, 1);
  EXPECT_FLOAT_EQ(actions[0].propensity, 0.5F);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_FLOAT_EQ(actions[i].target, 0) << i;
  EXPECT_EQ(actions[0].cluster, actions[1].cluster);
  EXPECT_NE(actions[1].cluster, actions[2].cluster);
}

}  // namespace
}  // namespace magpie::batch

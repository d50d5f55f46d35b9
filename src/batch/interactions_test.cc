#include "batch/interactions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/faults/faulty_history_store.h"

namespace magpie::batch {
namespace {

Timestamp at(std::int64_t second) { return from_unix_ms(1'700'000'000'000 + second * 1000); }
const TimeWindow kEverything{at(0), at(1'000'000)};

class ReadInteractions : public testing::Test {
 protected:
  void add(const std::string& user, const std::string& item, EventType type, std::int64_t second) {
    Event event;
    event.id = EventId(std::to_string(events_.size()));
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = at(second);
    events_.push_back(std::move(event));
  }

  [[nodiscard]] Interactions read(TimeWindow window = kEverything) {
    fakes::InMemoryHistoryStore history;
    history.add(events_);
    auto interactions = read_interactions(history, window, EventTypes::defaults());
    EXPECT_TRUE(interactions.ok());
    return std::move(interactions).value();
  }

  std::vector<Event> events_;
};

TEST_F(ReadInteractions, NumbersFollowTheOrderOfIds) {
  add("u2", "b", kView, 1);
  add("u10", "c", kView, 2);
  add("u2", "a", kView, 3);
  const Interactions found = read();
  EXPECT_EQ(found.users, (std::vector<UserId>{UserId("u10"), UserId("u2")}));
  EXPECT_EQ(found.items, (std::vector<ItemId>{ItemId("a"), ItemId("b"), ItemId("c")}));
  ASSERT_EQ(found.of(0).size(), 1U);
  EXPECT_EQ(found.of(0)[0].row, 2U);
  ASSERT_EQ(found.of(1).size(), 2U);
  EXPECT_EQ(found.of(1)[0].row, 0U) << "newest first";
  EXPECT_EQ(found.newest, at(3));
}

TEST_F(ReadInteractions, WeightsOfOneItemAddUp) {
  add("u", "a", kView, 1);
  add("u", "a", kPurchase, 5);
  const Interactions found = read();
  ASSERT_EQ(found.of(0).size(), 1U);
  EXPECT_DOUBLE_EQ(found.of(0)[0].weight, 9);
  EXPECT_EQ(found.of(0)[0].time, at(5));
  EXPECT_EQ(found.totals[0].interactions, 2U);
  EXPECT_EQ(found.totals[0].purchases, 1U);
  EXPECT_EQ(found.events, 2U);
}

TEST_F(ReadInteractions, ImpressionsAreNoInteractions) {
  add("shown_only", "a", kImpression, 1);
  EXPECT_TRUE(read().users.empty());
  EXPECT_EQ(read().events, 0U);
}

TEST_F(ReadInteractions, ADislikedItemStaysButWithoutWeight) {
  add("u", "a", kLike, 1);
  add("u", "a", kDislike, 2);
  const Interactions found = read();
  ASSERT_EQ(found.of(0).size(), 1U);
  EXPECT_DOUBLE_EQ(found.of(0)[0].weight, 0);
}

TEST_F(ReadInteractions, OnlyTheWindowCounts) {
  for (std::int64_t second = 1; second <= 4; ++second) add("u", "item" + std::to_string(second), kView, second);
  const Interactions found = read({at(2), at(4)});
  EXPECT_EQ(found.items, (std::vector<ItemId>{ItemId("item2"), ItemId("item3")}));
}

TEST_F(ReadInteractions, TheOrderOfArrivalDoesNotMatter) {
  Random random(51);
  for (int i = 0; i < 500; ++i) {
    add("u" + std::to_string(random.below(20)), "i" + std::to_string(random.below(30)),
        random.below(5) == 0 ? kDislike : kClick, static_cast<std::int64_t>(random.below(100)));
  }
  const Interactions expected = read();
  for (std::size_t i = events_.size(); i > 1; --i) std::swap(events_[i - 1].id, events_[random.below(i)].id);
  const Interactions shuffled = read();
  EXPECT_EQ(shuffled.users, expected.users);
  EXPECT_EQ(shuffled.items, expected.items);
  EXPECT_EQ(shuffled.offsets, expected.offsets);
  ASSERT_EQ(shuffled.preferences.size(), expected.preferences.size());
  for (std::size_t i = 0; i < expected.preferences.size(); ++i) {
    EXPECT_EQ(shuffled.preferences[i].row, expected.preferences[i].row);
    EXPECT_EQ(shuffled.preferences[i].time, expected.preferences[i].time);
    EXPECT_EQ(shuffled.preferences[i].weight, expected.preferences[i].weight);
  }
}

TEST_F(ReadInteractions, AFailureOfHistoryIsPassedOn) {
  fakes::InMemoryHistoryStore history;
  faults::FaultPlan plan;
  faults::FaultyHistoryStore faulty(history, plan);
  plan.fail("scan", 1, data_loss("part-1.parquet"));
  const auto found = read_interactions(faulty, kEverything, EventTypes::defaults());
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie::batch

#include "batch/evaluation/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/in_memory_history_store.h"

namespace magpie::batch {
namespace {

using testing::ElementsAre;

const Timestamp kStart = from_unix_ms(1'700'000'000'000);

class Split : public testing::Test {
 protected:
  void add(const std::string& user, const std::string& item, int minute, EventType type = kView) {
    Event event;
    event.id = EventId("event" + std::to_string(next_++));
    event.user = UserId(user);
    event.item = ItemId(item);
    event.type = type;
    event.time = kStart + std::chrono::minutes(minute);
    history_.add({event});
  }

  [[nodiscard]] Interactions read(TimeWindow window) {
    return read_interactions(history_, window, EventTypes::defaults()).value();
  }
  [[nodiscard]] Interactions whole() { return read(kWindow); }
  [[nodiscard]] EvaluationSplit split_at_minute(int minute) {
    auto split = split_at(kStart + std::chrono::minutes(minute), whole(), kWindow,
                          [this](TimeWindow window) -> Result<Interactions> { return read(window); });
    return std::move(split).value();
  }
  [[nodiscard]] static std::vector<std::string> items_of(const EvaluationSplit& split, std::size_t user) {
    std::vector<std::string> items;
    for (const NetPreference& preference : split.train.of(user))
      items.push_back(split.train.items[preference.row].get());
    return items;
  }

  static constexpr TimeWindow kWindow{from_unix_ms(0), kMaxTimestamp};
  fakes::InMemoryHistoryStore history_;
  int next_ = 0;
};

TEST_F(Split, LeaveOneOutAsksForTheLastLikedItem) {
  add("u", "a", 0);
  add("u", "b", 1);
  add("u", "c", 2);
  add("u", "d", 3, kDislike);
  add("v", "a", 9);
  const EvaluationSplit split = leave_one_out(whole());
  ASSERT_EQ(split.test.size(), 1U) << "v has nothing to be predicted from";
  EXPECT_EQ(split.test[0].id, UserId("u"));
  EXPECT_EQ(split.train.items[split.test[0].next], ItemId("c"));
  EXPECT_THAT(split.test[0].relevant, ElementsAre(split.test[0].next));
  EXPECT_THAT(items_of(split, 0), ElementsAre("b", "a"));
  EXPECT_THAT(items_of(split, 1), ElementsAre("a"));
  EXPECT_EQ(split.train.items.size(), 4U);
  EXPECT_EQ(split.train.newest, kStart + std::chrono::minutes(9));
}

TEST_F(Split, LeaveOneOutLeavesNoTraceOfTheItemThatItAsksFor) {
  add("u", "a", 0);
  add("u", "b", 1);
  add("u", "a", 2);  // The same item again: it is the last one, with both its events.
  const EvaluationSplit split = leave_one_out(whole());
  EXPECT_THAT(items_of(split, 0), ElementsAre("b"));
}

TEST_F(Split, ATemporalSplitTrainsOnNothingLater) {
  add("u", "a", 0);
  add("u", "b", 10);
  add("u", "a", 11);  // Had before: not asked for.
  add("v", "b", 1);
  add("w", "c", 12);  // A stranger, and an item that nobody knew.
  const EvaluationSplit split = split_at_minute(10);
  EXPECT_THAT(split.train.users, ElementsAre(UserId("u"), UserId("v")));
  EXPECT_THAT(items_of(split, 0), ElementsAre("a"));
  EXPECT_EQ(split.train.newest, kStart + std::chrono::minutes(1));
  EXPECT_EQ(split.train.items.size(), 3U) << "items of the whole window";
  ASSERT_EQ(split.test.size(), 2U);
  EXPECT_EQ(split.test[0].train_user, 0U);
  EXPECT_THAT(split.test[0].relevant, ElementsAre(1));
  EXPECT_EQ(split.test[1].id, UserId("w"));
  EXPECT_FALSE(split.test[1].train_user.has_value());
  EXPECT_THAT(split.test[1].relevant, ElementsAre(2));
}

TEST_F(Split, TheNextItemIsTheFirstOneAfterTheSplit) {
  add("u", "z", 0);
  add("u", "c", 5);
  add("u", "b", 4);
  add("u", "a", 6, kDislike);
  const EvaluationSplit split = split_at_minute(3);
  ASSERT_EQ(split.test.size(), 1U);
  EXPECT_EQ(split.train.items[split.test[0].next], ItemId("b"));
  EXPECT_EQ(split.test[0].relevant.size(), 2U) << "what is disliked is not asked for";
}

TEST_F(Split, AFailureToReadIsPassedOn) {
  const auto split =
      split_at(kStart, whole(), kWindow, [](TimeWindow) -> Result<Interactions> { return unavailable("gone"); });
  EXPECT_EQ(split.error().code(), ErrorCode::kUnavailable);
}

TEST_F(Split, TheMomentBeforeTheLastTenthHasATenthAfterIt) {
  for (int minute = 0; minute < 100; ++minute) add("u", "item" + std::to_string(minute), minute);
  const Timestamp moment = moment_before_last(whole(), 0.1);
  EXPECT_EQ(moment, kStart + std::chrono::minutes(90));
  EXPECT_EQ(moment_before_last(Interactions(), 0.5), kMinTimestamp);
}

TEST_F(Split, FindsUsersByTheirId) {
  add("b", "x", 0);
  add("d", "x", 0);
  const Interactions train = whole();
  EXPECT_EQ(find_user(train, UserId("b")), 0U);
  EXPECT_EQ(find_user(train, UserId("d")), 1U);
  for (const char* nobody : {"a", "c", "e"}) EXPECT_FALSE(find_user(train, UserId(nobody)).has_value());
}

}  // namespace
}  // namespace magpie::batch

// Whatever fails, and whenever the process dies, features equal a recompute from the log.
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "kernels/feature_update.h"
#include "speed/stream_processor.h"
#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/faults/faulty_event_log.h"
#include "tests/faults/faulty_feature_store.h"

namespace magpie::speed {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);
constexpr int kUsers = 12;
constexpr int kItems = 9;

// Views, likes and impressions of the last ten days, out of order; one in six is a client's retry of an earlier one.
std::vector<Event> random_events(Random& random, std::size_t count) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && random.below(6) == 0) {
      events.push_back(events[random.below(i)]);
      continue;
    }
    Event event;
    event.id = EventId("e" + std::to_string(i));
    event.user = UserId("u" + std::to_string(random.below(kUsers)));
    event.item = ItemId("i" + std::to_string(random.below(kItems)));
    constexpr std::array kTypes{kView, kLike, kImpression};
    event.type = kTypes[random.below(kTypes.size())];
    event.time = kNow - Duration(static_cast<std::int64_t>(random.below(10 * 24 * 3600 * 1000ULL)));
    event.categories = {"c" + std::to_string(random.below(3))};
    events.push_back(std::move(event));
  }
  return events;
}

// One event after the other, in the order of the log, with nothing clever.
struct Oracle {
  std::map<UserId, UserState> users;
  std::map<ItemId, ItemStats> items;

  explicit Oracle(fakes::InMemoryEventLog& log) {
    for (Partition partition = 0; partition < log.partitions(); ++partition) {
      const auto records = log.read(partition, 0, 1'000'000);
      for (const LoggedEvent& record : *records) add(record.event);
    }
  }
  void add(const Event& event) {
    if (apply_to_user(users[event.user], event) == Applied::kNew) apply_to_item(items[event.item], event);
  }
};

void expect_equal(fakes::InMemoryFeatureStore& features, fakes::InMemoryEventLog& log) {
  const Oracle oracle(log);
  for (const auto& [user, state] : oracle.users) {
    EXPECT_EQ((*features.user(user))->recent, state) << user.get();
  }
  std::size_t stored = 0;
  ASSERT_TRUE(features.for_each_item([&](const ItemId&, const ItemStats&) { ++stored; }).ok());
  EXPECT_EQ(stored, oracle.items.size());
  for (const auto& [item, stats] : oracle.items) EXPECT_EQ(*features.item(item), stats) << item.get();
}

void append(fakes::InMemoryEventLog& log, std::vector<Event> events) {
  log.append(std::move(events), [](const Status& status) { ASSERT_TRUE(status.ok()); });
}

class ExactlyOnceTest : public ::testing::TestWithParam<std::uint64_t> {};

// At random: a step; a fault of a random call, lost before or after the backend did its work; a crash, which is a new
// processor over the same store; more events.
TEST_P(ExactlyOnceTest, FaultsAndCrashesAnywhere) {
  Random random(GetParam());
  ManualClock clock(kNow);
  const EventTypes types = EventTypes::defaults();
  Metrics metrics;
  fakes::InMemoryEventLog log(3);
  fakes::InMemoryFeatureStore store;
  faults::FaultPlan plan;
  faults::FaultyEventLog faulty_log(log, plan);
  faults::FaultyFeatureStore features(store, plan);
  const auto start = [&] {
    return std::make_unique<StreamProcessor>(faulty_log, features, types, clock, metrics,
                                             StreamSettings{.batch_events = 1 + random.below(40)});
  };
  auto processor = start();
  constexpr std::array<std::string_view, 6> kCalls{"read", "apply", "user", "item", "applied", "for_each_item"};
  std::size_t failures = 0;
  auto events = random_events(random, 600);
  while (!events.empty()) {
    const std::size_t count = std::min<std::size_t>(events.size(), random.below(60));
    append(log, {events.end() - static_cast<std::ptrdiff_t>(count), events.end()});
    events.resize(events.size() - count);
    plan.heal();
    plan.fail(kCalls[random.below(kCalls.size())], 1 + random.below(5), unavailable("injected"),
              random.below(2) == 0 ? faults::Fault::kBefore : faults::Fault::kAfter);
    for (std::uint64_t step = random.below(4); step > 0; --step) {
      if (!processor->step().ok()) ++failures;
      if (random.below(5) == 0) processor = start();
    }
  }
  plan.heal();
  while (*processor->step() > 0) continue;
  EXPECT_GT(failures, 0U) << "no fault was met: the test proves nothing";
  expect_equal(store, log);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExactlyOnceTest, ::testing::Range<std::uint64_t>(1, 31));

TEST(ExactlyOnce, CommitWhoseAnswerIsLostIsNotRepeated) {
  ManualClock clock(kNow);
  const EventTypes types = EventTypes::defaults();
  Metrics metrics;
  fakes::InMemoryEventLog log;
  fakes::InMemoryFeatureStore store;
  faults::FaultPlan plan;
  faults::FaultyFeatureStore features(store, plan);
  Random random(99);
  append(log, random_events(random, 50));
  StreamProcessor processor(log, features, types, clock, metrics, {});
  plan.fail("apply", 1, unavailable("answer lost"), faults::Fault::kAfter);
  EXPECT_FALSE(processor.step().ok());
  EXPECT_EQ(*processor.step(), 0U) << "the offset says that it was committed";
  EXPECT_EQ(plan.calls("apply"), 1U);
  expect_equal(store, log);
}

TEST(ExactlyOnce, TrendingAfterFaultsEqualsTrendingWithoutThem) {
  ManualClock clock(kNow);
  const EventTypes types = EventTypes::defaults();
  Metrics metrics;
  Random random(5);
  const auto events = random_events(random, 300);
  const auto published = [&](bool with_faults) {
    fakes::InMemoryEventLog log;
    fakes::InMemoryFeatureStore store;
    faults::FaultPlan plan;
    faults::FaultyFeatureStore features(store, plan);
    append(log, events);
    StreamProcessor processor(log, features, types, clock, metrics, {.batch_events = 16});
    if (with_faults) plan.fail("apply", 3, unavailable("injected"));
    if (with_faults) plan.fail("user", 40, unavailable("injected"));
    for (int step = 0; step < 40; ++step) static_cast<void>(processor.step().ok());
    EXPECT_TRUE(processor.publish_trending().ok());
    std::vector<std::pair<std::string, double>> list;
    const auto trending = *store.trending();
    for (const TrendingItem& item : trending->overall.items) list.emplace_back(item.item.get(), item.score);
    return list;
  };
  const auto expected = published(false);
  EXPECT_EQ(expected.size(), static_cast<std::size_t>(kItems));
  EXPECT_EQ(published(true), expected);
}

}  // namespace
}  // namespace magpie::speed

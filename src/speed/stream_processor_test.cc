#include "speed/stream_processor.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <thread>

#include "kernels/feature_update.h"
#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/faults/faulty_event_log.h"
#include "tests/faults/faulty_feature_store.h"

namespace magpie::speed {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

Event event(const std::string& id, const std::string& user, const std::string& item, Timestamp time = kNow,
            std::vector<std::string> categories = {}) {
  Event event;
  event.id = EventId(id);
  event.user = UserId(user);
  event.item = ItemId(item);
  event.type = kView;
  event.time = time;
  event.categories = std::move(categories);
  return event;
}

class StreamProcessorTest : public ::testing::Test {
 protected:
  void append(std::vector<Event> events) {
    log_.append(std::move(events), [](const Status& status) { ASSERT_TRUE(status.ok()); });
  }
  StreamProcessor processor(StreamSettings settings = {}) {
    return {faulty_log_, faulty_features_, types_, clock_, metrics_, settings};
  }
  double counter(const std::string& name) { return metrics_.counter(name, "").value(); }
  double gauge(const std::string& name) { return metrics_.gauge(name, "").value(); }
  std::vector<std::string> overall() {
    const auto trending = features_.trending();
    std::vector<std::string> ids;
    for (const TrendingItem& item : (*trending)->overall.items) ids.push_back(item.item.get());
    return ids;
  }

  ManualClock clock_{kNow};
  EventTypes types_ = EventTypes::defaults();
  Metrics metrics_;
  faults::FaultPlan plan_;
  fakes::InMemoryEventLog log_{2};
  fakes::InMemoryFeatureStore features_;
  faults::FaultyEventLog faulty_log_{log_, plan_};
  faults::FaultyFeatureStore faulty_features_{features_, plan_};
};

TEST_F(StreamProcessorTest, AppliesEventsOfEveryPartition) {
  std::vector<Event> events;
  for (int i = 0; i < 20; ++i) events.push_back(event("e" + std::to_string(i), "u" + std::to_string(i % 5), "i1"));
  append(events);
  auto stream = processor();
  const auto read = stream.step();
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, 20U);
  for (Partition partition = 0; partition < 2; ++partition) {
    EXPECT_GT(log_.end(partition), 0U) << "the test wants events in both";
    EXPECT_EQ(*features_.applied(partition), log_.end(partition));
  }
  EXPECT_EQ((*features_.user(UserId("u1")))->recent.interactions.size(), 4U);
  EXPECT_EQ(features_.item(ItemId("i1"))->total[kView.get()], 20U);
  EXPECT_EQ(counter("magpie_stream_events_total"), 20);
  EXPECT_EQ(gauge("magpie_stream_lag_events"), 0);
  EXPECT_EQ(*stream.step(), 0U);
}

TEST_F(StreamProcessorTest, ReadsAtMostABatchAStep) {
  std::vector<Event> events;
  for (int i = 0; i < 10; ++i) events.push_back(event("e" + std::to_string(i), "u1", "i1"));
  append(events);
  auto stream = processor({.batch_events = 4});
  EXPECT_EQ(*stream.step(), 4U);
  EXPECT_EQ(gauge("magpie_stream_lag_events"), 6);
  EXPECT_EQ(*stream.step(), 4U);
  EXPECT_EQ(*stream.step(), 2U);
  EXPECT_EQ(features_.item(ItemId("i1"))->total[kView.get()], 10U);
}

TEST_F(StreamProcessorTest, CountsDuplicatesAndLateEventsOnce) {
  append({event("e1", "u1", "i1"), event("e1", "u1", "i1"), event("e2", "u1", "i2", kNow - kFeatureTtl - hours(1))});
  auto stream = processor();
  ASSERT_TRUE(stream.step().ok());
  append({event("e1", "u1", "i1")});
  ASSERT_TRUE(stream.step().ok());
  EXPECT_EQ(counter("magpie_stream_events_total"), 1);
  EXPECT_EQ(counter("magpie_events_duplicate_total"), 2);
  EXPECT_EQ(counter("magpie_events_late_total"), 1);
  EXPECT_EQ(features_.item(ItemId("i1"))->total[kView.get()], 1U);
  EXPECT_EQ(*features_.item(ItemId("i2")), ItemStats{});
}

TEST_F(StreamProcessorTest, GoesPastErasedRecords) {
  append({event("e1", "u1", "i1"), event("e2", "u1", "i2")});
  ASSERT_TRUE(log_.erase(UserId("u1")).ok());
  auto stream = processor();
  EXPECT_EQ(*stream.step(), 0U);
  const Partition partition = log_.partition_of(UserId("u1"));
  EXPECT_EQ(*features_.applied(partition), 2U) << "so that retention may go on, and wait() does not spin";
}

TEST_F(StreamProcessorTest, RefusesALogThatHasLostItsTail) {
  ASSERT_TRUE(features_.apply({.partition = 1, .applied = 5, .users = {}, .items = {}}).ok());
  auto stream = processor();
  const auto read = stream.step();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), ErrorCode::kDataLoss);
}

TEST_F(StreamProcessorTest, TrendingRanksByDecayedInteractions) {
  append({event("e1", "u1", "old", kNow - hours(72), {"drama"}), event("e2", "u2", "old", kNow - hours(72), {"drama"}),
          event("e3", "u1", "new", kNow, {"drama", "war"})});
  auto stream = processor();
  ASSERT_TRUE(stream.step().ok());
  ASSERT_TRUE(stream.publish_trending().ok());
  EXPECT_EQ(overall(), (std::vector<std::string>{"new", "old"}));
  const auto trending = *features_.trending();
  EXPECT_EQ(trending->computed_at, kNow);
  ASSERT_NE(trending->find("war"), nullptr);
  EXPECT_EQ(trending->find("war")->items.size(), 1U);
  EXPECT_EQ(trending->find("drama")->items.size(), 2U);
  EXPECT_EQ(gauge("magpie_stream_active_items"), 2);
}

TEST_F(StreamProcessorTest, TrendingIsRebuiltAfterARestartAndForgetsExpiredItems) {
  append({event("e1", "u1", "a", kNow - hours(24 * 5)), event("e2", "u1", "b", kNow)});
  {
    auto first = processor();
    ASSERT_TRUE(first.step().ok());
  }
  auto second = processor();
  ASSERT_TRUE(second.publish_trending().ok());
  EXPECT_EQ(overall(), (std::vector<std::string>{"b", "a"}));
  clock_.advance(hours(24 * 3));
  ASSERT_TRUE(second.publish_trending().ok());
  EXPECT_EQ(overall(), (std::vector<std::string>{"b"}));
  EXPECT_EQ(gauge("magpie_stream_active_items"), 1);
  append({event("e3", "u2", "a", clock_.now())});
  ASSERT_TRUE(second.step().ok());
  EXPECT_EQ(features_.item(ItemId("a"))->total[kView.get()], 2U) << "the count goes on where the store has it";
}

TEST_F(StreamProcessorTest, ErasureBetweenBatchesLeavesNothing) {
  append({event("e1", "u1", "i1"), event("e2", "u1", "i1")});
  auto stream = processor({.batch_events = 1});
  ASSERT_TRUE(stream.step().ok());
  const Status erased = stream.between_batches([&] {
    EXPECT_TRUE(log_.erase(UserId("u1")).ok());
    return features_.erase(UserId("u1"));
  });
  ASSERT_TRUE(erased.ok());
  while (*stream.step() > 0) continue;
  EXPECT_TRUE((*features_.user(UserId("u1")))->recent.empty());
}

TEST_F(StreamProcessorTest, RunRetriesWhileUnavailableAndStopsWhenAsked) {
  append({event("e1", "u1", "i1")});
  plan_.fail("read", 1, unavailable("down"), faults::Fault::kBefore, 3);
  plan_.fail("apply", 1, unavailable("down"), faults::Fault::kAfter, 1);
  plan_.fail("put_trending", 1, unavailable("down"));
  std::mutex mutex;
  std::condition_variable changed;
  bool published = false;
  plan_.before_each([&](std::string_view operation) {
    // The second publication is tried after every fault above is over.
    if (operation != "put_trending" || plan_.calls("put_trending") == 0) return;
    const std::lock_guard lock(mutex);
    published = true;
    changed.notify_all();
  });
  auto stream = processor({.first_retry = milliseconds(1), .most_retry = milliseconds(2)});
  Status ended = internal_error("never ended");
  std::jthread thread([&](const std::stop_token& stop) { ended = stream.run(stop); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return published; });
  }
  thread.request_stop();
  thread.join();
  EXPECT_TRUE(ended.ok()) << ended.to_string();
  EXPECT_GE(counter("magpie_stream_retries_total"), 5);
  EXPECT_EQ(features_.item(ItemId("i1"))->total[kView.get()], 1U);
}

TEST_F(StreamProcessorTest, RunEndsOnDamage) {
  append({event("e1", "u1", "i1")});
  plan_.fail("read", 1, data_loss("damaged"), faults::Fault::kBefore, faults::FaultPlan::kForever);
  auto stream = processor();
  const Status ended = stream.run(std::stop_token());
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie::speed

#include "batch/persister.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/fakes/in_memory_event_log.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/faults/faulty_event_log.h"
#include "tests/faults/faulty_history_store.h"

namespace magpie::batch {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

class PersisterTest : public testing::Test {
 protected:
  Persister make(PersisterSettings settings = {.flush_events = 10, .flush_interval = seconds(10)}) {
    return {faulty_log_, faulty_history_, clock_, metrics_, settings};
  }

  void log(int count, const std::string& user = "u") {
    std::vector<Event> events;
    for (int i = 0; i < count; ++i) {
      Event event;
      event.id = EventId("e" + std::to_string(next_++));
      event.user = UserId(user);
      event.item = ItemId("i");
      event.time = kNow;
      events.push_back(std::move(event));
    }
    log_.append(std::move(events), [](Status status) { ASSERT_TRUE(status.ok()); });
  }

  std::size_t in_history() { return history_.summary()->events; }
  double metric(const std::string& name) { return metrics_.counter(name, "").value(); }

  ManualClock clock_{kNow};
  Metrics metrics_;
  fakes::InMemoryEventLog log_{2};
  fakes::InMemoryHistoryStore history_;
  faults::FaultPlan plan_;
  faults::FaultyEventLog faulty_log_{log_, plan_};
  faults::FaultyHistoryStore faulty_history_{history_, plan_};
  int next_ = 0;
};

TEST_F(PersisterTest, FlushesWhenEnoughHasGathered) {
  Persister persister = make();
  log(9);
  EXPECT_EQ(*persister.step(), 0U);
  EXPECT_EQ(metrics_.gauge("magpie_history_lag_events", "").value(), 9);
  log(1);
  EXPECT_EQ(*persister.step(), 10U);
  EXPECT_EQ(in_history(), 10U);
  EXPECT_EQ(metrics_.gauge("magpie_history_lag_events", "").value(), 0);
  EXPECT_EQ(metric("magpie_history_events_total"), 10);
  EXPECT_EQ(metric("magpie_history_flushes_total"), 1);
}

TEST_F(PersisterTest, FlushesWhenTheIntervalHasPassed) {
  Persister persister = make();
  log(1);
  clock_.advance(seconds(9));
  EXPECT_EQ(*persister.step(), 0U);
  clock_.advance(seconds(1));
  EXPECT_EQ(*persister.step(), 1U);
  log(1);
  EXPECT_EQ(*persister.step(), 0U) << "the interval begins anew";
}

TEST_F(PersisterTest, FlushesWhenAsked) {
  Persister persister = make();
  log(3);
  persister.request_flush();
  EXPECT_EQ(*persister.step(), 3U);
  log(1);
  EXPECT_EQ(*persister.step(), 0U) << "a request is served once";
}

TEST_F(PersisterTest, AnUnservedRequestStays) {
  Persister persister = make();
  log(3);
  persister.request_flush();
  plan_.fail("append", 1, unavailable("injected"));
  EXPECT_EQ(persister.step().error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(metric("magpie_history_failures_total"), 1);
  EXPECT_EQ(*persister.step(), 3U);
}

TEST_F(PersisterTest, DrainMovesAllPartitions) {
  Persister persister = make();
  for (int user = 0; user < 20; ++user) log(7, "u" + std::to_string(user));
  ASSERT_TRUE(persister.drain().ok());
  EXPECT_EQ(in_history(), 140U);
  EXPECT_GT(*history_.persisted(0), 0U);
  EXPECT_GT(*history_.persisted(1), 0U);
}

TEST_F(PersisterTest, AnAppendWhoseAnswerWasLostIsNotStoredTwice) {
  Persister persister = make();
  log(5);
  plan_.fail("append", 1, unavailable("injected"), faults::Fault::kAfter);
  EXPECT_FALSE(persister.drain().ok());
  log(5);
  ASSERT_TRUE(persister.drain().ok());
  EXPECT_EQ(in_history(), 10U);
}

TEST_F(PersisterTest, MovesPastErasedRecords) {
  Persister persister = make();
  log(4, "kept");
  log(4, "gone");
  ASSERT_TRUE(log_.erase(UserId("gone")).ok());
  ASSERT_TRUE(persister.drain().ok());
  EXPECT_EQ(in_history(), 4U);
  for (Partition p = 0; p < log_.partitions(); ++p) EXPECT_EQ(*history_.persisted(p), log_.end(p));
}

TEST_F(PersisterTest, RefusesALogThatHasLostItsTail) {
  ASSERT_TRUE(history_.append(1, {}, 5).ok());  // Of a log that once reached offset 5.
  log(1);
  const auto moved = make().step();
  ASSERT_FALSE(moved.ok());
  EXPECT_EQ(moved.error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(make().drain().error().code(), ErrorCode::kDataLoss);
}

TEST_F(PersisterTest, BoundsAnAppend) {
  log(static_cast<int>(Persister::kMaxAppend) + 1);
  Persister persister = make();
  ASSERT_TRUE(persister.drain().ok());
  EXPECT_EQ(in_history(), Persister::kMaxAppend + 1);
  EXPECT_EQ(plan_.calls("append"), 2U);
}

TEST_F(PersisterTest, RunRetriesWhatPassesAndFlushesWhenStopped) {
  Persister persister = make({.flush_events = 1, .flush_interval = hours(1)});
  log(3);
  std::promise<void> recovered;
  int appends = 0;
  plan_.fail("append", 1, unavailable("injected"), faults::Fault::kBefore, 2);
  plan_.before_each([&](std::string_view call) {
    if (call == "append" && ++appends == 3) recovered.set_value();
  });
  std::stop_source stop;
  auto result = std::async(std::launch::async, [&] { return persister.run(stop.get_token()); });
  recovered.get_future().wait();
  stop.request_stop();
  EXPECT_TRUE(result.get().ok());
  EXPECT_EQ(in_history(), 3U);
  EXPECT_EQ(metric("magpie_history_failures_total"), 2);
}

TEST_F(PersisterTest, RunFlushesWhatIsLeftWhenStopped) {
  Persister persister = make({.flush_events = 1000, .flush_interval = hours(1)});
  log(3);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(persister.run(stop.get_token()).ok());
  EXPECT_EQ(in_history(), 3U);
}

TEST_F(PersisterTest, RunServesRequests) {
  Persister persister = make({.flush_events = 1000, .flush_interval = hours(1)});
  log(3);
  std::promise<void> appended;
  plan_.before_each([&, done = false](std::string_view call) mutable {
    if (call == "append" && !std::exchange(done, true)) appended.set_value();
  });
  std::stop_source stop;
  auto result = std::async(std::launch::async, [&] { return persister.run(stop.get_token()); });
  persister.request_flush();
  appended.get_future().wait();
  stop.request_stop();
  EXPECT_TRUE(result.get().ok());
}

TEST_F(PersisterTest, RunEndsWithWhatDoesNotPass) {
  Persister persister = make({.flush_events = 1, .flush_interval = hours(1)});
  log(3);
  plan_.fail("append", 1, data_loss("the manifest is damaged"));
  const std::stop_source stop;
  const Status ended = persister.run(stop.get_token());
  ASSERT_FALSE(ended.ok());
  EXPECT_THAT(ended.error().message(), HasSubstr("manifest"));
}

}  // namespace
}  // namespace magpie::batch

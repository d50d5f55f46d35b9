#include "speed/ingest.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_event_log.h"
#include "tests/faults/faulty_event_log.h"

namespace magpie::speed {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

RawEvent raw(std::string user, std::string item, std::string type = "view") {
  RawEvent event;
  event.user_id = std::move(user);
  event.item_id = std::move(item);
  event.type = std::move(type);
  return event;
}

class IngestTest : public ::testing::Test {
 protected:
  Result<IngestOutcome> accept(std::vector<RawEvent> batch) {
    std::optional<Result<IngestOutcome>> answer;
    ingest_.accept(std::move(batch), [&](Result<IngestOutcome> outcome) {
      EXPECT_FALSE(answer) << "done was called twice";
      answer = std::move(outcome);
    });
    if (!answer) return internal_error("done was not called");
    return *answer;
  }

  std::vector<Event> logged() {
    const auto records = store_.read(0, 0, 100'000);
    std::vector<Event> events;
    for (const LoggedEvent& record : *records) events.push_back(record.event);
    return events;
  }

  double counter(const std::string& name, const Labels& labels = {}) {
    return metrics_.counter(name, "", labels).value();
  }

  ManualClock clock_{kNow};
  EventTypes types_ = EventTypes::defaults();
  Metrics metrics_;
  UlidGenerator ids_{clock_, 1};
  fakes::InMemoryEventLog store_;
  faults::FaultPlan plan_;
  faults::FaultyEventLog log_{store_, plan_};
  fakes::InMemoryCatalogueStore catalogue_;
  Ingest ingest_{log_, catalogue_, types_, clock_, ids_, metrics_};
};

TEST_F(IngestTest, CompletesAndLogsValidEvents) {
  Item film;
  film.id = ItemId("i1");
  film.categories = {"drama", "war"};
  ASSERT_TRUE(catalogue_.put_items({film}).ok());
  const auto outcome = accept({raw("u1", "i1"), raw("u2", "i1", "like")});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted, 2U);
  EXPECT_TRUE(outcome->rejected.empty());
  const auto events = logged();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].user, UserId("u1"));
  EXPECT_EQ(events[0].time, kNow);
  EXPECT_EQ(events[0].categories, film.categories) << "categories are those at the time of the event";
  EXPECT_EQ(events[1].type, kLike);
  EXPECT_EQ(events[0].id.get().size(), 26U) << "a ULID";
  EXPECT_NE(events[0].id, events[1].id);
  EXPECT_EQ(outcome->event_ids, (std::vector<std::string>{events[0].id.get(), events[1].id.get()}));
  EXPECT_EQ(counter("magpie_events_accepted_total"), 2);
}

TEST_F(IngestTest, KeepsTheIdOfTheClient) {
  auto event = raw("u1", "i1");
  event.event_id = "mine";
  ASSERT_TRUE(accept({event}).ok());
  EXPECT_EQ(logged().at(0).id, EventId("mine"));
}

TEST_F(IngestTest, RejectsSomeAndKeepsTheRest) {
  const auto outcome = accept({raw("", "i1"), raw("u1", "i1"), raw("u1", "i1", "teleport"), raw("u2", "i2")});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted, 2U);
  ASSERT_EQ(outcome->rejected.size(), 2U);
  EXPECT_EQ(outcome->rejected[0].index, 0U);
  EXPECT_EQ(outcome->rejected[0].field, "user_id");
  EXPECT_FALSE(outcome->rejected[0].reason.empty());
  EXPECT_EQ(outcome->rejected[1].index, 2U);
  EXPECT_EQ(outcome->rejected[1].field, "type");
  EXPECT_EQ(logged().size(), 2U);
  EXPECT_EQ(counter("magpie_events_rejected_total", {{"field", "user_id"}}), 1);
  EXPECT_EQ(counter("magpie_events_rejected_total", {{"field", "type"}}), 1);
}

TEST_F(IngestTest, NothingValidIsNoError) {
  const auto outcome = accept({raw("", "i1")});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted, 0U);
  EXPECT_EQ(outcome->rejected.size(), 1U);
  EXPECT_EQ(plan_.calls("append"), 0U);
}

TEST_F(IngestTest, CreatesUnknownItemsInOrderOfAppearance) {
  ASSERT_TRUE(accept({raw("u1", "b"), raw("u1", "a"), raw("u2", "b")}).ok());
  const auto snapshot = catalogue_.snapshot();
  EXPECT_EQ(snapshot->item_count(), 2U);
  const auto item = snapshot->find(ItemId("b"));
  ASSERT_TRUE(item);
  EXPECT_EQ(snapshot->at(*item)->item.created_at, kNow);
}

TEST_F(IngestTest, RefusesTooLargeABatchWhole) {
  const auto outcome = accept(std::vector<RawEvent>(kMaxEventBatch + 1, raw("u1", "i1")));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(outcome.error().field(), "events");
  EXPECT_TRUE(logged().empty());
  const auto largest = accept(std::vector<RawEvent>(kMaxEventBatch, raw("u1", "i1")));
  ASSERT_TRUE(largest.ok());
  EXPECT_EQ(largest->accepted, kMaxEventBatch);
}

TEST_F(IngestTest, CountsEventsAheadOfTheClock) {
  auto ahead = raw("u1", "i1");
  ahead.timestamp_ms = to_unix_ms(kNow) + 1000;
  ASSERT_TRUE(accept({ahead, raw("u1", "i1")}).ok());
  EXPECT_EQ(counter("magpie_events_future_total"), 1);
}

TEST_F(IngestTest, FailureOfTheLogIsTheAnswer) {
  plan_.fail("append", 1, resource_exhausted("the queue is full"));
  const auto outcome = accept({raw("u1", "i1"), raw("u2", "i1")});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(counter("magpie_events_unlogged_total"), 2);
  EXPECT_EQ(counter("magpie_events_accepted_total"), 0);
}

TEST_F(IngestTest, ClientsMaySendImpressions) {
  const auto outcome = accept({raw("u1", "i1", "impression")});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted, 1U);
}

TEST_F(IngestTest, LogsImpressionsAndCountsLostOnes) {
  Event impression;
  impression.id = EventId("e1");
  impression.user = UserId("u1");
  impression.item = ItemId("i1");
  impression.type = kImpression;
  ingest_.log_impressions({impression, impression});
  EXPECT_EQ(logged().size(), 2U);
  plan_.fail("append", 1, unavailable("down"));
  ingest_.log_impressions({impression});
  ingest_.log_impressions({});
  EXPECT_EQ(counter("magpie_impressions_logged_total"), 2);
  EXPECT_EQ(counter("magpie_impressions_lost_total"), 1);
}

TEST_F(IngestTest, AcknowledgementsMayComeAfterTheIngestIsGone) {
  class SlowLog final : public EventLog {
   public:
    void append(std::vector<Event>, Acknowledge done) override { done_ = std::move(done); }
    [[nodiscard]] Partition partitions() const override { return 1; }
    [[nodiscard]] Offset end(Partition) const override { return 0; }
    [[nodiscard]] Result<std::vector<LoggedEvent>> read(Partition, Offset, std::size_t) override {
      return std::vector<LoggedEvent>{};
    }
    [[nodiscard]] bool wait(Partition, Offset, Duration) override { return false; }
    [[nodiscard]] Status trim(Partition, Offset) override { return ok_status(); }
    [[nodiscard]] Status erase(const UserId&) override { return ok_status(); }
    Acknowledge done_;
  };
  SlowLog slow;
  std::size_t accepted = 0;
  {
    Ingest brief(slow, catalogue_, types_, clock_, ids_, metrics_);
    brief.accept({raw("u1", "i1")}, [&](Result<IngestOutcome> outcome) { accepted = outcome->accepted; });
  }
  EXPECT_EQ(accepted, 0U) << "not before it is durable";
  slow.done_(ok_status());
  EXPECT_EQ(accepted, 1U);
}

}  // namespace
}  // namespace magpie::speed

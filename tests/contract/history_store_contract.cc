#include "tests/contract/history_store_contract.h"

#include <algorithm>
#include <tuple>

#include "tests/contract/samples.h"
#include "tests/contract/scratch_analytics.h"

namespace magpie::contract {
namespace {

constexpr Duration kDay = std::chrono::days(1);
constexpr Timestamp kMidnight = kNoon - std::chrono::hours(12);
constexpr TimeWindow kAlways{kMidnight - 1000 * kDay, kMidnight + 1000 * kDay};

Event event_at(const std::string& user, std::uint64_t number, Timestamp time) {
  Event event = sample_event(user, number);
  event.time = time;
  return event;
}

std::vector<LoggedEvent> logged(const std::vector<Event>& events, Offset first) {
  std::vector<LoggedEvent> records;
  for (const auto& event : events) records.push_back({first++, event});
  return records;
}

Status append(HistoryStore& store, const std::vector<Event>& events, Offset first, Partition partition = 0) {
  return store.append(partition, logged(events, first), first + events.size());
}

std::vector<Event> scan(HistoryStore& store, TimeWindow window = kAlways) {
  std::vector<Event> events;
  const Status status = store.scan(window, [&](std::span<const Event> batch) {
    events.insert(events.end(), batch.begin(), batch.end());
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
  return events;
}

std::vector<Event> in_scan_order(std::vector<Event> events) {
  std::ranges::sort(events,
                    [](const Event& a, const Event& b) { return std::tie(a.time, a.id) < std::tie(b.time, b.id); });
  return events;
}

TEST_P(HistoryStoreContract, IsEmptyAtFirst) {
  EXPECT_EQ(port().persisted(0).value(), 0U);
  EXPECT_TRUE(scan(port()).empty());
  const auto summary = port().summary().value();
  EXPECT_EQ(summary.events, 0U);
  EXPECT_EQ(summary.days, 0U);
  EXPECT_EQ(port().retain(kNoon).value(), 0U);
  EXPECT_EQ(port().compact().value(), 0U);
  EXPECT_TRUE(port().erase(UserId("ann")).ok());
}

TEST_P(HistoryStoreContract, KeepsEveryField) {
  ASSERT_TRUE(append(port(), {full_event(), sample_event("bob", 0)}, 0).ok());
  EXPECT_EQ(scan(port()), in_scan_order({full_event(), sample_event("bob", 0)}));
}

TEST_P(HistoryStoreContract, ScansInOrderOfTimeAndId) {
  const std::vector<Event> events{event_at("ann", 5, kNoon), event_at("bob", 1, kNoon + 2 * kDay),
                                  event_at("bob", 2, kNoon), event_at("ann", 3, kNoon - 3 * kDay),
                                  event_at("ann", 4, kNoon + Duration(1))};
  ASSERT_TRUE(append(port(), events, 0).ok());
  const std::vector<Event> later{event_at("eve", 6, kNoon - kDay), event_at("eve", 7, kNoon)};
  ASSERT_TRUE(append(port(), later, events.size()).ok());
  auto expected = events;
  expected.insert(expected.end(), later.begin(), later.end());
  EXPECT_EQ(scan(port()), in_scan_order(expected));
}

TEST_P(HistoryStoreContract, TheWindowIsHalfOpen) {
  ASSERT_TRUE(append(port(),
                     {event_at("ann", 0, kNoon - Duration(1)), event_at("ann", 1, kNoon),
                      event_at("ann", 2, kNoon + kDay), event_at("ann", 3, kNoon + kDay + Duration(1))},
                     0)
                  .ok());
  const auto events = scan(port(), {kNoon, kNoon + kDay});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].id, event_at("ann", 1, kNoon).id);
  EXPECT_TRUE(scan(port(), {kNoon, kNoon}).empty());
}

TEST_P(HistoryStoreContract, IgnoresAReplay) {
  const auto events = sample_events("ann", 0, 10);
  ASSERT_TRUE(append(port(), events, 0).ok());
  EXPECT_EQ(port().persisted(0).value(), 10U);
  ASSERT_TRUE(append(port(), events, 0).ok());
  EXPECT_EQ(port().persisted(0).value(), 10U);
  // Half of it again, half of it new.
  ASSERT_TRUE(append(port(), sample_events("ann", 5, 10), 5).ok());
  EXPECT_EQ(port().persisted(0).value(), 15U);
  EXPECT_EQ(port().summary().value().events, 15U);
  EXPECT_EQ(scan(port()), sample_events("ann", 0, 15));
}

TEST_P(HistoryStoreContract, MovesTheOffsetOverErasedRecords) {
  ASSERT_TRUE(port().append(0, {}, 10).ok());
  EXPECT_EQ(port().persisted(0).value(), 10U);
  ASSERT_TRUE(port().append(0, {}, 7).ok());  // Never back.
  EXPECT_EQ(port().persisted(0).value(), 10U);
}

TEST_P(HistoryStoreContract, KeepsOffsetsOfPartitionsApart) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 3), 0, 0).ok());
  ASSERT_TRUE(append(port(), sample_events("bob", 0, 2), 0, 1).ok());
  EXPECT_EQ(port().persisted(0).value(), 3U);
  EXPECT_EQ(port().persisted(1).value(), 2U);
  EXPECT_EQ(port().persisted(2).value(), 0U);
  EXPECT_EQ(scan(port()).size(), 5U);
}

TEST_P(HistoryStoreContract, YieldsAnIdOnce) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 4), 0).ok());
  ASSERT_TRUE(append(port(), sample_events("ann", 2, 4), 4).ok());  // A client's retry, logged again.
  EXPECT_EQ(scan(port()), sample_events("ann", 0, 6));
}

TEST_P(HistoryStoreContract, HandsABatchOfManyOver) {
  const auto events = sample_events("ann", 0, 20'000);
  ASSERT_TRUE(append(port(), events, 0).ok());
  EXPECT_EQ(scan(port()), events);
}

TEST_P(HistoryStoreContract, AFailingVisitorEndsTheScan) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 20'000), 0).ok());
  int calls = 0;
  const Status status = port().scan(kAlways, [&](std::span<const Event>) -> Status {
    ++calls;
    return failed_precondition("enough");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(calls, 1);
}

// The events of an exported table, as analytics reads them: in order of time and id.
std::vector<Event> exported(HistoryStore& store, TimeWindow window, const std::string& name = "events") {
  ScratchAnalytics analytics;
  const auto to = analytics.path(name);
  const Status status = store.export_window(window, to);
  EXPECT_TRUE(status.ok()) << status.to_string();
  // A table may be in many files, which are in order one by one.
  const AnalyticsQuery sorted{{{"raw", to}}, {}, "SELECT * FROM raw ORDER BY timestamp_ms, event_id"};
  EXPECT_TRUE(analytics->write(sorted, analytics.path("sorted")).ok());
  std::vector<Event> events;
  EXPECT_TRUE(analytics
                  ->scan_events(analytics.path("sorted"),
                                [&](std::span<const Event> batch) {
                                  events.insert(events.end(), batch.begin(), batch.end());
                                  return ok_status();
                                })
                  .ok());
  return events;
}

TEST_P(HistoryStoreContract, ExportsTheWindowAsATable) {
  const std::vector<Event> events{full_event(), event_at("ann", 7, kNoon + kDay), event_at("bob", 8, kNoon + 2 * kDay)};
  ASSERT_TRUE(append(port(), events, 0).ok());
  EXPECT_EQ(exported(port(), kAlways), in_scan_order(events));
  const auto later = exported(port(), {kMidnight + kDay, kMidnight + 2 * kDay});
  EXPECT_EQ(later, std::vector<Event>{events[1]});
}

TEST_P(HistoryStoreContract, ExportsATableWithoutRowsWhereThereIsNothing) {
  EXPECT_TRUE(exported(port(), kAlways).empty());
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 3), 0).ok());
  EXPECT_TRUE(exported(port(), {kMidnight + 5 * kDay, kMidnight + 6 * kDay}).empty());
}

TEST_P(HistoryStoreContract, AnExportOutlivesWhatIsErased) {
  ScratchAnalytics analytics;
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 3), 0).ok());
  ASSERT_TRUE(port().export_window(kAlways, analytics.path("events")).ok());
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  std::size_t events = 0;
  ASSERT_TRUE(analytics
                  ->scan_events(analytics.path("events"),
                                [&](std::span<const Event> batch) {
                                  events += batch.size();
                                  return ok_status();
                                })
                  .ok());
  EXPECT_EQ(events, 3U);
}

TEST_P(HistoryStoreContract, SumsUp) {
  ASSERT_TRUE(
      append(port(),
             {event_at("ann", 0, kNoon), event_at("ann", 1, kNoon + Duration(5)), event_at("ann", 2, kNoon + 3 * kDay)},
             0)
          .ok());
  const auto summary = port().summary().value();
  EXPECT_EQ(summary.events, 3U);
  EXPECT_EQ(summary.days, 2U);
  EXPECT_GE(summary.files, 2U);
  EXPECT_GT(summary.bytes, 0U);
  EXPECT_EQ(summary.oldest, kMidnight);
  EXPECT_GE(summary.newest, kMidnight + 3 * kDay);  // To the day at least.
  EXPECT_LE(summary.newest, kNoon + 3 * kDay);
}

TEST_P(HistoryStoreContract, RetainsByWholeDays) {
  ASSERT_TRUE(append(port(),
                     {event_at("ann", 0, kMidnight - Duration(1)), event_at("ann", 1, kMidnight),
                      event_at("ann", 2, kNoon + kDay)},
                     0)
                  .ok());
  EXPECT_EQ(port().retain(kMidnight - Duration(1)).value(), 0U);  // That day is not over.
  EXPECT_EQ(port().retain(kNoon).value(), 1U);
  EXPECT_EQ(scan(port()).size(), 2U);
  EXPECT_EQ(port().retain(kMidnight + kDay).value(), 1U);
  EXPECT_EQ(scan(port()).size(), 1U);
  EXPECT_EQ(port().persisted(0).value(), 3U);
}

TEST_P(HistoryStoreContract, CompactionChangesNothingThatIsRead) {
  for (std::uint64_t flush = 0; flush < 6; ++flush) {
    ASSERT_TRUE(append(port(), sample_events("ann", flush * 10, 10), flush * 10).ok());
  }
  const auto files = port().summary().value().files;
  ASSERT_TRUE(port().compact().ok());
  EXPECT_LE(port().summary().value().files, files);
  EXPECT_EQ(scan(port()), sample_events("ann", 0, 60));
  EXPECT_EQ(port().compact().value(), 0U);  // Nothing is left to do.
  // Late events of a compacted day.
  ASSERT_TRUE(append(port(), sample_events("bob", 0, 5), 60).ok());
  EXPECT_EQ(scan(port()).size(), 65U);
}

TEST_P(HistoryStoreContract, ErasesOneUser) {
  const auto ann = event_at("ann", 1, kNoon + kDay);
  ASSERT_TRUE(
      append(port(), {event_at("bob", 0, kNoon), ann, event_at("bob", 2, kNoon + kDay), event_at("bob's", 3, kNoon)}, 0)
          .ok());
  ASSERT_TRUE(port().erase(UserId("bob")).ok());
  ASSERT_TRUE(port().erase(UserId("nobody' OR 1=1 --")).ok());
  EXPECT_EQ(scan(port()), (std::vector<Event>{event_at("bob's", 3, kNoon), ann}));
  ASSERT_TRUE(port().erase(UserId("bob's")).ok());
  EXPECT_EQ(scan(port()), std::vector<Event>{ann});
  EXPECT_EQ(port().persisted(0).value(), 4U);
}

TEST_P(HistoryStoreContract, SurvivesARestart) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 10), 0).ok());
  ASSERT_TRUE(append(port(), {event_at("bob", 0, kNoon - kDay)}, 10).ok());
  ASSERT_TRUE(port().erase(UserId("bob")).ok());
  if (!restart()) return;
  EXPECT_EQ(port().persisted(0).value(), 11U);
  EXPECT_EQ(scan(port()), sample_events("ann", 0, 10));
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 12), 0).ok());
  EXPECT_EQ(scan(port()).size(), 11U);
}

}  // namespace
}  // namespace magpie::contract

#include "tests/contract/event_log_contract.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "tests/contract/samples.h"

namespace magpie::contract {
namespace {

constexpr auto kLong = std::chrono::minutes(2);  // Never waited out.

Status append(EventLog& log, std::vector<Event> events) {
  std::promise<Status> acknowledged;
  log.append(std::move(events), [&](Status status) { acknowledged.set_value(std::move(status)); });
  return acknowledged.get_future().get();
}

std::vector<LoggedEvent> read_all(EventLog& log, Partition partition) {
  auto records = log.read(partition, 0, 1'000'000);
  EXPECT_TRUE(records.ok());
  return records.ok() ? *records : std::vector<LoggedEvent>();
}

// Of all partitions, by user, in the order of their offsets.
std::map<UserId, std::vector<Event>> events_by_user(EventLog& log) {
  std::map<UserId, std::vector<Event>> events;
  for (Partition partition = 0; partition < log.partitions(); ++partition) {
    for (auto& record : read_all(log, partition)) events[record.event.user].push_back(std::move(record.event));
  }
  return events;
}

// The partition that holds records of the user.
Partition partition_of(EventLog& log, const std::string& user) {
  for (Partition partition = 0; partition < log.partitions(); ++partition) {
    for (const auto& record : read_all(log, partition)) {
      if (record.event.user.get() == user) return partition;
    }
  }
  ADD_FAILURE() << "no records of " << user;
  return 0;
}

TEST_P(EventLogContract, IsEmptyAtFirst) {
  ASSERT_GE(port().partitions(), 1U);
  for (Partition partition = 0; partition < port().partitions(); ++partition) {
    EXPECT_EQ(port().end(partition), 0U);
    EXPECT_TRUE(read_all(port(), partition).empty());
    EXPECT_FALSE(port().wait(partition, 0, Duration(1)));
  }
}

TEST_P(EventLogContract, GivesBackWhatWasAppended) {
  const auto events = sample_events("ann", 0, 5);
  ASSERT_TRUE(append(port(), events).ok());
  const Partition partition = partition_of(port(), "ann");
  const auto records = read_all(port(), partition);
  ASSERT_EQ(records.size(), 5U);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].offset, i);
    EXPECT_EQ(records[i].event, events[i]);
  }
  EXPECT_EQ(port().end(partition), 5U);
}

TEST_P(EventLogContract, KeepsEveryField) {
  ASSERT_TRUE(append(port(), {full_event()}).ok());
  EXPECT_EQ(events_by_user(port()).at(full_event().user), std::vector<Event>{full_event()});
}

TEST_P(EventLogContract, AcknowledgesAnEmptyAppend) {
  EXPECT_TRUE(append(port(), {}).ok());
  EXPECT_EQ(port().end(0), 0U);
}

TEST_P(EventLogContract, ReadsFromAnOffsetUpToALimit) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 10)).ok());
  const Partition partition = partition_of(port(), "ann");
  const auto records = port().read(partition, 3, 4);
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 4U);
  EXPECT_EQ(records->front().offset, 3U);
  EXPECT_EQ(records->back().offset, 6U);
  EXPECT_EQ(port().read(partition, 8, 100).value().size(), 2U);
  EXPECT_TRUE(port().read(partition, 10, 100).value().empty());
  EXPECT_TRUE(port().read(partition, 999, 100).value().empty());
  EXPECT_TRUE(port().read(partition, 0, 0).value().empty());
}

TEST_P(EventLogContract, KeepsAUserInOnePartitionInOrder) {
  std::map<UserId, std::vector<Event>> expected;
  for (std::uint64_t round = 0; round < 5; ++round) {
    std::vector<Event> batch;
    for (int u = 0; u < 40; ++u) {
      batch.push_back(sample_event("user-" + std::to_string(u), round));
      expected[batch.back().user].push_back(batch.back());
    }
    ASSERT_TRUE(append(port(), batch).ok());
  }
  std::map<UserId, Partition> homes;
  for (Partition partition = 0; partition < port().partitions(); ++partition) {
    for (const auto& record : read_all(port(), partition)) {
      EXPECT_EQ(homes.try_emplace(record.event.user, partition).first->second, partition);
    }
  }
  EXPECT_EQ(events_by_user(port()), expected);
}

TEST_P(EventLogContract, WaitReturnsAtOnceWhenThereIsSomething) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 2)).ok());
  const Partition partition = partition_of(port(), "ann");
  EXPECT_TRUE(port().wait(partition, 0, kLong));
  EXPECT_TRUE(port().wait(partition, 1, kLong));
  EXPECT_FALSE(port().wait(partition, 2, Duration(1)));
}

TEST_P(EventLogContract, WaitWakesOnAnAppend) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 1)).ok());
  const Partition partition = partition_of(port(), "ann");
  auto woken = std::async(std::launch::async, [&] { return port().wait(partition, 1, kLong); });
  ASSERT_TRUE(append(port(), sample_events("ann", 1, 1)).ok());
  EXPECT_TRUE(woken.get());
}

TEST_P(EventLogContract, TakesAppendsFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kBatches = 25;
  constexpr std::uint64_t kBatch = 8;
  std::atomic<int> acknowledged{0};
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, user = "user-" + std::to_string(t)] {
        for (std::uint64_t batch = 0; batch < kBatches; ++batch) {
          const Status status = append(port(), sample_events(user, batch * kBatch, kBatch));
          ++(status.ok() ? acknowledged : failed);
        }
      });
    }
  }
  EXPECT_EQ(acknowledged, kThreads * static_cast<int>(kBatches));
  EXPECT_EQ(failed, 0);
  const auto events = events_by_user(port());
  for (int t = 0; t < kThreads; ++t) {
    const std::string user = "user-" + std::to_string(t);
    EXPECT_EQ(events.at(UserId(user)), sample_events(user, 0, kBatches * kBatch));
  }
}

TEST_P(EventLogContract, AcknowledgesOnceAndInOrder) {
  constexpr int kAppends = 50;
  std::mutex mutex;
  std::vector<int> order;
  std::promise<void> all;
  for (int i = 0; i < kAppends; ++i) {
    port().append(sample_events("ann", static_cast<std::uint64_t>(i), 1), [&, i](const Status& status) {
      EXPECT_TRUE(status.ok());
      const std::lock_guard lock(mutex);
      order.push_back(i);
      if (order.size() == kAppends) all.set_value();
    });
  }
  all.get_future().get();
  const std::lock_guard lock(mutex);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_P(EventLogContract, TrimForgetsWhatIsBelow) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 10)).ok());
  const Partition partition = partition_of(port(), "ann");
  ASSERT_TRUE(port().trim(partition, 4).ok());
  ASSERT_TRUE(port().trim(partition, 2).ok());  // Already gone.
  const auto records = read_all(port(), partition);
  ASSERT_EQ(records.size(), 6U);
  EXPECT_EQ(records.front().offset, 4U);
  EXPECT_EQ(records.front().event, sample_event("ann", 4));
  EXPECT_EQ(port().end(partition), 10U);
}

TEST_P(EventLogContract, NeverGivesAnOffsetTwice) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 3)).ok());
  const Partition partition = partition_of(port(), "ann");
  ASSERT_TRUE(port().trim(partition, 1000).ok());
  EXPECT_TRUE(read_all(port(), partition).empty());
  EXPECT_EQ(port().end(partition), 3U);
  ASSERT_TRUE(append(port(), sample_events("ann", 3, 1)).ok());
  ASSERT_EQ(read_all(port(), partition).size(), 1U);
  EXPECT_EQ(read_all(port(), partition).front().offset, 3U);
}

TEST_P(EventLogContract, EraseForgetsOneUser) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 3)).ok());
  ASSERT_TRUE(append(port(), sample_events("anna", 0, 3)).ok());  // Its id holds the other's.
  ASSERT_TRUE(append(port(), sample_events("ann", 3, 3)).ok());
  const Partition partition = partition_of(port(), "ann");
  const Offset end = port().end(partition);
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  ASSERT_TRUE(port().erase(UserId("nobody")).ok());
  EXPECT_EQ(port().end(partition), end);
  const std::map<UserId, std::vector<Event>> left{{UserId("anna"), sample_events("anna", 0, 3)}};
  EXPECT_EQ(events_by_user(port()), left);
  ASSERT_TRUE(append(port(), sample_events("ann", 6, 1)).ok());
  EXPECT_EQ(events_by_user(port()).at(UserId("ann")), sample_events("ann", 6, 1));
  EXPECT_EQ(port().end(partition), end + 1);
}

TEST_P(EventLogContract, EraseLeavesNamesakesOfOtherNouns) {
  Event event = sample_event("bob", 0);
  event.item = ItemId("ann");
  event.session = SessionId("ann");
  ASSERT_TRUE(append(port(), {event}).ok());
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  EXPECT_EQ(events_by_user(port()).at(UserId("bob")), std::vector<Event>{event});
}

TEST_P(EventLogContract, SurvivesARestart) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 10)).ok());
  ASSERT_TRUE(append(port(), sample_events("bob", 0, 10)).ok());
  const Partition anns = partition_of(port(), "ann");
  const Partition bobs = partition_of(port(), "bob");
  ASSERT_TRUE(port().erase(UserId("bob")).ok());
  ASSERT_TRUE(port().trim(anns, 4).ok());
  const Offset end_of_anns = port().end(anns);
  const Offset end_of_bobs = port().end(bobs);
  const auto before = events_by_user(port());
  if (!restart()) return;
  EXPECT_EQ(port().end(anns), end_of_anns);
  EXPECT_EQ(port().end(bobs), end_of_bobs);
  EXPECT_EQ(events_by_user(port()), before);
}

TEST_P(EventLogContract, NeverGivesAnOffsetTwiceAfterARestart) {
  ASSERT_TRUE(append(port(), sample_events("ann", 0, 10)).ok());
  const Partition partition = partition_of(port(), "ann");
  ASSERT_TRUE(port().trim(partition, 7).ok());
  ASSERT_TRUE(port().erase(UserId("ann")).ok());
  if (!restart()) return;
  EXPECT_EQ(port().end(partition), 10U);
  ASSERT_TRUE(append(port(), sample_events("ann", 10, 1)).ok());
  ASSERT_EQ(read_all(port(), partition).size(), 1U);
  EXPECT_EQ(read_all(port(), partition).front().offset, 10U);
}

}  // namespace
}  // namespace magpie::contract

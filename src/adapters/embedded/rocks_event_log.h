// RocksEventLog: the event log in one column family of RocksDB (docs/formats/event_log.md).
//
// Group commit: append() encodes on the caller's thread and queues; one thread takes what has gathered, gives it
// offsets, writes it as one batch with one fsync, makes it visible, and then calls the acknowledgements. While one
// group syncs the next one gathers, so the cost of an fsync is shared by all who wait for it.
//
// Invariants: a visible record is durable. An offset is never given twice, not even after every record was trimmed or
// erased: the end of a partition is stored in the same batch as its records.
// Thread-safe. Acknowledgements run on the committing thread: a slow one delays all others. The destructor commits what
// is queued; nobody may be inside another call then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "ports/event_log.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace magpie::embedded {

struct EventLogSettings {
  Partition partitions = 1;  // Of a new log; an existing one keeps its own.
  std::size_t queue_bytes = 16 << 20;  // Encoded records that may wait; beyond: kResourceExhausted.
  std::size_t group_bytes = 4 << 20;  // A group closes at this size: bounds the memory of one batch.
};

class RocksEventLog final : public EventLog {
 public:
  // `database` and its families outlive the log.
  [[nodiscard]] static Result<std::unique_ptr<RocksEventLog>> open(rocksdb::DB& database,
                                                                   rocksdb::ColumnFamilyHandle& records,
                                                                   rocksdb::ColumnFamilyHandle& metadata,
                                                                   const EventTypes& types, const Clock& clock,
                                                                   Metrics& metrics, const EventLogSettings& settings);
  ~RocksEventLog() override;

  void append(std::vector<Event> events, Acknowledge done) override;
  [[nodiscard]] Partition partitions() const override { return static_cast<Partition>(bounds_.size()); }
  [[nodiscard]] Offset end(Partition partition) const override;
  [[nodiscard]] Result<std::vector<LoggedEvent>> read(Partition partition, Offset from, std::size_t limit) override;
  [[nodiscard]] bool wait(Partition partition, Offset after, Duration patience) override;
  [[nodiscard]] Status trim(Partition partition, Offset below) override;
  // Reads the whole partition of the user: about 1 s per 4 million records. The bytes leave the disk when compaction
  // next passes over them, at the latest when retention drops their files.
  [[nodiscard]] Status erase(const UserId& user) override;

 private:
  struct Record {
    Partition partition = 0;
    std::size_t bytes = 0;
  };
  // One append(), encoded.
  struct Pending {
    std::string bytes;  // The records, one after the other.
    std::vector<Record> records;
    Acknowledge done;
  };
  // Records [begin, end) exist, but for those erased.
  struct Bounds {
    std::atomic<Offset> begin{0};
    std::atomic<Offset> end{0};
  };

  RocksEventLog(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& records, rocksdb::ColumnFamilyHandle& metadata,
                const EventTypes& types, const Clock& clock, Metrics& metrics, const EventLogSettings& settings,
                std::vector<Bounds> bounds);

  [[nodiscard]] Partition partition_of(const UserId& user) const;
  [[nodiscard]] Pending encode(const std::vector<Event>& events) const;
  // False, and nothing is taken, when the queue is full.
  [[nodiscard]] bool enqueue(Pending& pending);
  void run();
  // False when the log closes and nothing is left.
  [[nodiscard]] bool take_group(std::vector<Pending>& group);
  void finish_group(std::vector<Pending>& group);
  [[nodiscard]] Status commit(const std::vector<Pending>& group);
  void publish(const std::vector<Offset>& ends);

  rocksdb::DB& database_;
  rocksdb::ColumnFamilyHandle& records_;
  rocksdb::ColumnFamilyHandle& metadata_;
  const EventTypes& types_;
  const Clock& clock_;
  const EventLogSettings settings_;
  Counter events_committed_;
  Counter appends_refused_;
  Histogram commit_seconds_;

  std::vector<Bounds> bounds_;  // By partition.
  std::mutex trim_mutex_;  // One trim at a time; guards the writes of Bounds::begin.

  std::mutex mutex_;  // Guards the queue, and orders the writes of Bounds::end with wait().
  std::condition_variable queued_;
  std::condition_variable appended_;
  std::deque<Pending> queue_;
  std::size_t queued_bytes_ = 0;
  bool closing_ = false;

  std::jthread committer_;  // Last: it uses all of the above.
};

}  // namespace magpie::embedded

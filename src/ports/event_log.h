// EventLog: the durable, ordered record of everything that happened; the one entry of data into the system.
//
// Records of one user are in one partition, in the order of their acknowledgement. A record is acknowledged only when
// it is durable (embedded: fsync; Kafka: acks=all). Delivery to readers is at least once; readers make it exactly once
// by committing the offset together with their own state.
// Thread-safe. Errors: kUnavailable (retry), kResourceExhausted (queue or disk full: shed), kDataLoss (damaged).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/event.h"

namespace magpie {

using Offset = std::uint64_t;  // Position within a partition; the first record has 0.
using Partition = std::uint32_t;

struct LoggedEvent {
  Offset offset = 0;
  Event event;
};

class EventLog {
 public:
  using Acknowledge = std::function<void(Status)>;

  EventLog() = default;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  virtual ~EventLog() = default;

  // All of `events` or none become durable; then `done` is called once, from any thread, maybe before this returns.
  virtual void append(std::vector<Event> events, Acknowledge done) = 0;

  [[nodiscard]] virtual Partition partitions() const = 0;
  // One past the last durable record.
  [[nodiscard]] virtual Offset end(Partition partition) const = 0;
  // Up to `limit` records from `from` on, ascending; fewer at the end; offsets of trimmed or erased records are
  // skipped.
  [[nodiscard]] virtual Result<std::vector<LoggedEvent>> read(Partition partition, Offset from, std::size_t limit) = 0;
  // Blocks until end(partition) > after, or for `patience`. True when there is something to read.
  [[nodiscard]] virtual bool wait(Partition partition, Offset after, Duration patience) = 0;

  // Forgets records below `below`: retention, once every reader is past them.
  [[nodiscard]] virtual Status trim(Partition partition, Offset below) = 0;
  // Forgets every record of the user, durably.
  [[nodiscard]] virtual Status erase(const UserId& user) = 0;
};

// What every reader asks before it goes on from the offset that it committed. One that is ahead of the log knows
// records that the log has lost; going on would silently skip as many new ones: kDataLoss.
[[nodiscard]] inline Status require_log_reaches(const EventLog& log, Partition partition, Offset committed) {
  const Offset end = log.end(partition);
  if (committed <= end) return ok_status();
  return data_loss("the event log ends at " + std::to_string(end) + ", before offset " + std::to_string(committed) +
                   " that was already processed: its tail was lost");
}

}  // namespace magpie

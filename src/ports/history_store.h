// HistoryStore: the 90-day record of events that training reads, partitioned by day.
//
// One writer (the persisting consumer). Events arrive with the log offset they come from; the store commits both in one
// atomic step and ignores what lies below its offset, so a replay after a crash stores nothing twice. Events with the
// same id may still be in it (a client's retry): scan() yields each id once.
// Thread-safe. Errors: kUnavailable (retry), kResourceExhausted (disk full), kDataLoss (a damaged file is named).
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "ports/event_log.h"

namespace magpie {

// Half-open.
struct TimeWindow {
  Timestamp start;
  Timestamp end;
};

struct HistorySummary {
  std::uint64_t events = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t days = 0;
  Timestamp oldest;  // Start of the oldest day that has events.
  Timestamp newest;
};

class HistoryStore {
 public:
  // Receives events in batches, each event id once, ordered by (time, event id) over the whole scan.
  using Visit = std::function<Status(std::span<const Event>)>;

  HistoryStore() = default;
  HistoryStore(const HistoryStore&) = delete;
  HistoryStore& operator=(const HistoryStore&) = delete;
  virtual ~HistoryStore() = default;

  [[nodiscard]] virtual Result<Offset> persisted(Partition partition) = 0;
  // `next` is the offset after the last of `events`. Durable on return.
  [[nodiscard]] virtual Status append(Partition partition, std::span<const LoggedEvent> events, Offset next) = 0;

  [[nodiscard]] virtual Status scan(TimeWindow window, const Visit& visit) = 0;
  [[nodiscard]] virtual Result<HistorySummary> summary() = 0;
  // A snapshot for analytics (ports/analytics.h): a table at `to` with the columns of docs/formats/history.md, which
  // later changes of history do not touch. It holds the events of the window as they were appended: ids may repeat, and
  // events of the days that the window cuts may lie outside. Appears whole or not at all, and replaces what was there.
  [[nodiscard]] virtual Status export_window(TimeWindow window, const std::filesystem::path& to) = 0;

  // Drops whole days before `horizon`. Returns how many.
  [[nodiscard]] virtual Result<std::size_t> retain(Timestamp horizon) = 0;
  // Merges a day's small files into one. Returns how many days were rewritten.
  [[nodiscard]] virtual Result<std::size_t> compact() = 0;
  // Rewrites every file that holds events of the user without them.
  [[nodiscard]] virtual Status erase(const UserId& user) = 0;
};

}  // namespace magpie

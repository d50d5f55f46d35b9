// Persister: the consumer that moves events from the log into history.
//
// Flushes when `flush_events` have gathered, when `flush_interval` has passed with any, or when asked to; exactly once
// (ports/history_store.h). It holds nothing between flushes: what is not in history is read from the log again.
// Thread-safe; one flush at a time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "base/clock.h"
#include "base/metrics.h"
#include "ports/event_log.h"
#include "ports/history_store.h"

namespace magpie::batch {

struct PersisterSettings {
  std::size_t flush_events = 200'000;
  Duration flush_interval = std::chrono::seconds(10);
};

class Persister {
 public:
  // One append to history takes at most this many events: they are in memory together.
  static constexpr std::size_t kMaxAppend = 100'000;

  // The references must outlive this object.
  Persister(EventLog& log, HistoryStore& history, const Clock& clock, Metrics& metrics, PersisterSettings settings);

  // Works until stopped, then moves what the log holds. Where history or log are unavailable or full it waits, longer
  // each time up to 10 s, and tries again; it ends with any other failure.
  [[nodiscard]] Status run(const std::stop_token& stop);

  // Flushes if it is time to. Returns the number of events moved.
  [[nodiscard]] Result<std::size_t> step();
  // Moves everything that the log holds now.
  [[nodiscard]] Status drain();
  // Makes run() flush at once instead of waiting for more events. Returns without waiting.
  void request_flush();

 private:
  [[nodiscard]] Result<std::size_t> flush();
  [[nodiscard]] Result<std::size_t> flush_partition(Partition partition);
  [[nodiscard]] Result<std::size_t> move_some(Partition partition, Offset from, Offset end);
  // Events in the log that are not in history; also shows it.
  [[nodiscard]] Result<std::size_t> measure_lag();
  [[nodiscard]] bool take_request();
  void wait(const std::stop_token& stop, Duration patience, bool heed_requests);

  EventLog& log_;
  HistoryStore& history_;
  const Clock& clock_;
  const PersisterSettings settings_;

  Counter events_;
  Counter flushes_;
  Counter failures_;
  Gauge lag_;

  std::mutex flush_mutex_;  // Held during a flush.
  Timestamp last_flush_;  // Guarded by flush_mutex_.

  std::mutex request_mutex_;
  std::condition_variable_any wake_;
  bool requested_ = false;  // Guarded by request_mutex_.
};

}  // namespace magpie::batch

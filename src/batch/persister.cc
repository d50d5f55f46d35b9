#include "batch/persister.h"

#include <algorithm>
#include <utility>

namespace magpie::batch {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(100);
constexpr Duration kFirstBackoff = std::chrono::milliseconds(100);
constexpr Duration kLongestBackoff = std::chrono::seconds(10);

bool is_passing(const Error& error) {
  return error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kResourceExhausted ||
         error.code() == ErrorCode::kDeadlineExceeded;
}

}  // namespace

Persister::Persister(EventLog& log, HistoryStore& history, const Clock& clock, Metrics& metrics,
                     PersisterSettings settings)
    : log_(log),
      history_(history),
      clock_(clock),
      settings_(settings),
      events_(metrics.counter("magpie_history_events_total", "Events moved from the log into history")),
      flushes_(metrics.counter("magpie_history_flushes_total", "Flushes into history that moved events")),
      failures_(metrics.counter("magpie_history_failures_total", "Failed flushes into history; each is tried again")),
      lag_(metrics.gauge("magpie_history_lag_events", "Events in the log that are not in history yet")),
      last_flush_(clock.now()) {}

Status Persister::run(const std::stop_token& stop) {
  Duration backoff = kFirstBackoff;
  while (!stop.stop_requested()) {
    const auto moved = step();
    if (!moved.ok() && !is_passing(moved.error())) return moved.error();
    if (!moved.ok()) {
      wait(stop, backoff, false);
      backoff = std::min(2 * backoff, kLongestBackoff);
      continue;
    }
    backoff = kFirstBackoff;
    if (*moved == 0) wait(stop, kPoll, true);
  }
  return drain();
}

Result<std::size_t> Persister::step() {
  const std::lock_guard flushing(flush_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(const std::size_t lag, measure_lag());
  const bool asked = take_request();
  const bool due = clock_.now() - last_flush_ >= settings_.flush_interval;
  if (lag == 0 || (!asked && !due && lag < settings_.flush_events)) return std::size_t{0};
  auto moved = flush();
  if (!moved.ok() && asked) request_flush();  // Still owed.
  return moved;
}

Status Persister::drain() {
  const std::lock_guard flushing(flush_mutex_);
  return flush().status();
}

void Persister::request_flush() {
  {
    const std::lock_guard lock(request_mutex_);
    requested_ = true;
  }
  wake_.notify_all();
}

Result<std::size_t> Persister::flush() {
  std::size_t moved = 0;
  for (Partition partition = 0; partition < log_.partitions(); ++partition) {
    const auto some = flush_partition(partition);
    if (!some.ok()) {
      failures_.add();
      return some.error();
    }
    moved += *some;
  }
  last_flush_ = clock_.now();
  if (moved > 0) flushes_.add();
  MAGPIE_RETURN_IF_ERROR(measure_lag().status());
  return moved;
}

Result<std::size_t> Persister::flush_partition(Partition partition) {
  const Offset end = log_.end(partition);
  std::size_t moved = 0;
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const Offset from, history_.persisted(partition));
    MAGPIE_RETURN_IF_ERROR(require_log_reaches(log_, partition, from));
    if (from >= end) return moved;
    MAGPIE_ASSIGN_OR_RETURN(const std::size_t some, move_some(partition, from, end));
    moved += some;
  }
}

Result<std::size_t> Persister::move_some(Partition partition, Offset from, Offset end) {
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<LoggedEvent> events, log_.read(partition, from, kMaxAppend));
  // Fewer than asked for: the log has no more, though its last offsets may belong to records that were erased.
  const Offset read_to = events.empty() ? end : events.back().offset + 1;
  const Offset next = events.size() < kMaxAppend ? std::max(read_to, end) : read_to;
  MAGPIE_RETURN_IF_ERROR(history_.append(partition, events, next));
  events_.add(static_cast<double>(events.size()));
  return events.size();
}

Result<std::size_t> Persister::measure_lag() {
  std::size_t lag = 0;
  for (Partition partition = 0; partition < log_.partitions(); ++partition) {
    MAGPIE_ASSIGN_OR_RETURN(const Offset persisted, history_.persisted(partition));
    MAGPIE_RETURN_IF_ERROR(require_log_reaches(log_, partition, persisted));
    lag += static_cast<std::size_t>(log_.end(partition) - persisted);
  }
  lag_.set(static_cast<double>(lag));
  return lag;
}

bool Persister::take_request() {
  const std::lock_guard lock(request_mutex_);
  return std::exchange(requested_, false);
}

void Persister::wait(const std::stop_token& stop, Duration patience, bool heed_requests) {
  std::unique_lock lock(request_mutex_);
  static_cast<void>(wake_.wait_for(lock, stop, patience, [&] { return heed_requests && requested_; }));
}

}  // namespace magpie::batch

#include "speed/stream_processor.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "speed/backoff.h"

namespace magpie::speed {
namespace {

// How long a stop may go unnoticed while the log is idle.
constexpr Duration kIdlePatience = std::chrono::milliseconds(100);

bool worth_retrying(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded ||
         code == ErrorCode::kResourceExhausted;
}

// Returns early on a stop.
void pause(const std::stop_token& stop, Duration delay) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, delay, [] { return false; });
}

}  // namespace

StreamProcessor::Instruments::Instruments(Metrics& metrics)
    : applied(metrics.counter("magpie_stream_events_total", "Events applied to features, each once.")),
      duplicate(metrics.counter("magpie_events_duplicate_total", "Events whose id the features already held.")),
      late(metrics.counter("magpie_events_late_total", "Events too old to change features; they are in history.")),
      retries(metrics.counter("magpie_stream_retries_total", "Micro-batches tried again after a failure.")),
      lag(metrics.gauge("magpie_stream_lag_events", "Durable events that are not in the features yet.")),
      active_items(metrics.gauge("magpie_stream_active_items", "Items that count for trending.")) {}

void StreamProcessor::Instruments::count(const AppliedCounts& counts) {
  applied.add(static_cast<double>(counts.fresh));
  duplicate.add(static_cast<double>(counts.duplicate));
  late.add(static_cast<double>(counts.late));
}

StreamProcessor::StreamProcessor(EventLog& log, FeatureStore& features, const EventTypes& types, const Clock& clock,
                                 Metrics& metrics, StreamSettings settings)
    : log_(log), features_(features), types_(types), clock_(clock), settings_(settings), instruments_(metrics) {}

Status StreamProcessor::run(const std::stop_token& stop) {
  Backoff backoff(settings_.first_retry, settings_.most_retry);
  while (!stop.stop_requested()) {
    const auto read = step_and_publish();
    if (read.ok()) {
      backoff.reset();
      if (*read == 0) wait_for_events();
    } else if (worth_retrying(read.error().code())) {
      instruments_.retries.add();
      pause(stop, backoff.next());
    } else {
      return read.error();
    }
  }
  return ok_status();
}

Result<std::size_t> StreamProcessor::step_and_publish() {
  MAGPIE_ASSIGN_OR_RETURN(const std::size_t read, step());
  MAGPIE_RETURN_IF_ERROR(publish_if_due());
  return read;
}

Result<std::size_t> StreamProcessor::step() {
  const std::lock_guard lock(mutex_);
  MAGPIE_RETURN_IF_ERROR(ensure_loaded());
  std::size_t total = 0;
  Offset lag = 0;
  for (Partition partition = 0; partition < log_.partitions(); ++partition) {
    const auto read = step_partition(partition);
    if (!read.ok()) {
      progress_.reset();
      return read.error();
    }
    total += *read;
    lag += log_.end(partition) - progress_->next[partition];
  }
  instruments_.lag.set(static_cast<double>(lag));
  return total;
}

Status StreamProcessor::ensure_loaded() {
  if (progress_) return ok_status();
  Progress progress;
  for (Partition partition = 0; partition < log_.partitions(); ++partition) {
    MAGPIE_ASSIGN_OR_RETURN(const Offset applied, features_.applied(partition));
    MAGPIE_RETURN_IF_ERROR(require_log_reaches(log_, partition, applied));
    progress.next.push_back(applied);
  }
  MAGPIE_RETURN_IF_ERROR(progress.activity.load(features_, clock_.now()));
  progress_ = std::move(progress);
  return ok_status();
}

Result<std::size_t> StreamProcessor::step_partition(Partition partition) {
  const Offset next = progress_->next[partition];
  const Offset end = log_.end(partition);  // Before the read: an empty read then means that all below `end` is gone.
  if (end <= next) return std::size_t{0};
  MAGPIE_ASSIGN_OR_RETURN(const auto events, log_.read(partition, next, settings_.batch_events));
  MAGPIE_RETURN_IF_ERROR(commit(partition, events, events.empty() ? end : events.back().offset + 1));
  return events.size();
}

Status StreamProcessor::commit(Partition partition, std::span<const LoggedEvent> events, Offset applied) {
  MicroBatch batch(features_, progress_->activity);
  MAGPIE_RETURN_IF_ERROR(batch.add(events));
  MAGPIE_RETURN_IF_ERROR(features_.apply(batch.take(partition, applied)));
  progress_->next[partition] = applied;
  instruments_.count(batch.counts());
  changed_since_publication_ |= batch.counts().fresh > 0;
  return ok_status();
}

Status StreamProcessor::publish_trending() {
  const std::lock_guard lock(mutex_);
  return publish_locked();
}

Status StreamProcessor::publish_locked() {
  MAGPIE_RETURN_IF_ERROR(ensure_loaded());
  const Timestamp now = clock_.now();
  auto trending = std::make_shared<const Trending>(
      progress_->activity.rank(types_, settings_.trending_half_life, settings_.trending_list_size, now));
  MAGPIE_RETURN_IF_ERROR(features_.put_trending(std::move(trending)));
  instruments_.active_items.set(static_cast<double>(progress_->activity.size()));
  changed_since_publication_ = false;
  published_at_ = now;
  return ok_status();
}

// An idle system publishes only as often as age alone can change an order: when a bucket of the statistics expires.
Status StreamProcessor::publish_if_due() {
  const std::lock_guard lock(mutex_);
  const Duration interval =
      changed_since_publication_ ? settings_.trending_interval : std::max(kStatsBucket, settings_.trending_interval);
  if (published_at_ && clock_.now() - *published_at_ < interval) return ok_status();
  return publish_locked();
}

Status StreamProcessor::between_batches(const std::function<Status()>& work) {
  const std::lock_guard lock(mutex_);
  return work();
}

void StreamProcessor::wait_for_events() {
  const Partition partitions = log_.partitions();
  for (Partition partition = 0; partition < partitions; ++partition) {
    if (log_.wait(partition, next_offset(partition), kIdlePatience / partitions)) return;
  }
}

Offset StreamProcessor::next_offset(Partition partition) {
  const std::lock_guard lock(mutex_);
  return progress_ ? progress_->next[partition] : 0;
}

}  // namespace magpie::speed

// StreamProcessor: reads the log in micro-batches and keeps features, item statistics and trending lists up to date.
//
// Exactly once: a micro-batch's states and its end offset are committed in one atomic FeatureStore::apply. Whatever
// fails, before or after a commit, known or not: everything in memory is dropped and read again from the store, as
// after a crash, so that there is one way to recover and it is taken daily. Thread-safe: one mutex orders
// micro-batches, publications and between_batches(); the counters are read from anywhere.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"
#include "speed/item_activity.h"
#include "speed/micro_batch.h"

namespace magpie::speed {

struct StreamSettings {
  std::size_t batch_events = 8192;
  Duration trending_interval = std::chrono::seconds(5);
  Duration trending_half_life = std::chrono::hours(24);
  std::size_t trending_list_size = 200;  // Items a list.
  // Between tries while a dependency is unavailable: doubles from the first to the most.
  Duration first_retry = std::chrono::milliseconds(10);
  Duration most_retry = std::chrono::seconds(1);
};

class StreamProcessor {
 public:
  StreamProcessor(EventLog& log, FeatureStore& features, const EventTypes& types, const Clock& clock, Metrics& metrics,
                  StreamSettings settings);

  // Processes until stopped, on the caller's thread; notices a stop within 100 ms. Retries while a dependency is
  // unavailable. Returns the failure that ended it (kDataLoss, kInternal...); ok after a stop.
  [[nodiscard]] Status run(const std::stop_token& stop);

  // One micro-batch of every partition, without waiting. Returns the number of events read. After a failure the next
  // call starts from what is committed.
  [[nodiscard]] Result<std::size_t> step();

  // Recomputes and publishes the trending lists.
  [[nodiscard]] Status publish_trending();

  // Runs `work` while no micro-batch is under way: what it removes from the log and the store cannot come back from
  // events that were read before. For erasure.
  [[nodiscard]] Status between_batches(const std::function<Status()>& work);

 private:
  struct Instruments {
    explicit Instruments(Metrics& metrics);
    void count(const AppliedCounts& counts);
    Counter applied;
    Counter duplicate;
    Counter late;
    Counter retries;
    Gauge lag;
    Gauge active_items;
  };
  // What is in memory of the store's contents.
  struct Progress {
    std::vector<Offset> next;  // By partition.
    ItemActivity activity;
  };

  [[nodiscard]] Status ensure_loaded();
  [[nodiscard]] Result<std::size_t> step_partition(Partition partition);
  [[nodiscard]] Status commit(Partition partition, std::span<const LoggedEvent> events, Offset applied);
  [[nodiscard]] Status publish_locked();
  [[nodiscard]] Status publish_if_due();
  [[nodiscard]] Result<std::size_t> step_and_publish();
  void wait_for_events();
  [[nodiscard]] Offset next_offset(Partition partition);

  EventLog& log_;
  FeatureStore& features_;
  const EventTypes& types_;
  const Clock& clock_;
  const StreamSettings settings_;
  Instruments instruments_;

  std::mutex mutex_;
  std::optional<Progress> progress_;        // Empty: to be loaded. Guarded by mutex_, as all below.
  bool changed_since_publication_ = true;
  std::optional<Timestamp> published_at_;
};

}  // namespace magpie::speed

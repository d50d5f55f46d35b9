// An event log in memory whose acknowledgements can be held back, and that can be made to refuse. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "ports/event_log.h"
#include "tests/fakes/in_memory_event_log.h"

namespace magpie::api {

class HeldEventLog final : public EventLog {
 public:
  // From now on acknowledgements wait for release().
  void hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
  }
  void release() {
    std::vector<Acknowledge> waiting;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      waiting.swap(waiting_);
    }
    for (auto& done : waiting) done(ok_status());
  }
  void wait_until_held(std::size_t appends) {
    std::unique_lock lock(mutex_);
    held_.wait(lock, [&] { return waiting_.size() >= appends; });
  }
  void refuse_with(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(error);
  }

  void append(std::vector<Event> events, Acknowledge done) override {
    std::unique_lock lock(mutex_);
    if (refusal_) {
      const Error error = *refusal_;
      lock.unlock();
      return done(error);
    }
    if (!holding_) {
      lock.unlock();
      return log_.append(std::move(events), std::move(done));
    }
    log_.append(std::move(events), [](const Status&) {});
    waiting_.push_back(std::move(done));
    held_.notify_all();
  }

  [[nodiscard]] Partition partitions() const override { return log_.partitions(); }
  [[nodiscard]] Offset end(Partition partition) const override { return log_.end(partition); }
  [[nodiscard]] Result<std::vector<LoggedEvent>> read(Partition partition, Offset from, std::size_t limit) override {
    return log_.read(partition, from, limit);
  }
  [[nodiscard]] bool wait(Partition partition, Offset after, Duration patience) override {
    return log_.wait(partition, after, patience);
  }
  [[nodiscard]] Status trim(Partition partition, Offset below) override { return log_.trim(partition, below); }
  [[nodiscard]] Status erase(const UserId& user) override { return log_.erase(user); }

 private:
  fakes::InMemoryEventLog log_;
  std::mutex mutex_;
  std::condition_variable held_;
  bool holding_ = false;
  std::vector<Acknowledge> waiting_;
  std::optional<Error> refusal_;
};

}  // namespace magpie::api

// The event log in memory, for tests: obeys the contract of ports/event_log.h, except that nothing survives it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "ports/event_log.h"

namespace magpie::fakes {

class InMemoryEventLog final : public EventLog {
 public:
  explicit InMemoryEventLog(Partition partitions = 1) : logs_(partitions) {}

  void append(std::vector<Event> events, Acknowledge done) override {
    {
      const std::lock_guard lock(mutex_);
      for (Event& event : events) {
        Log& log = logs_[partition_of(event.user)];
        log.records.push_back({log.end++, std::move(event)});
      }
    }
    grown_.notify_all();
    done(ok_status());
  }

  [[nodiscard]] Partition partitions() const override { return static_cast<Partition>(logs_.size()); }

  [[nodiscard]] Partition partition_of(const UserId& user) const {
    return static_cast<Partition>(hash64(user.get()) % logs_.size());
  }

  [[nodiscard]] Offset end(Partition partition) const override {
    const std::lock_guard lock(mutex_);
    return logs_[partition].end;
  }

  [[nodiscard]] Result<std::vector<LoggedEvent>> read(Partition partition, Offset from, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    const auto& records = logs_[partition].records;
    auto record = std::lower_bound(records.begin(), records.end(), from,
                                   [](const LoggedEvent& logged, Offset offset) { return logged.offset < offset; });
    std::vector<LoggedEvent> found;
    for (; record != records.end() && found.size() < limit; ++record) found.push_back(*record);
    return found;
  }

  [[nodiscard]] bool wait(Partition partition, Offset after, Duration patience) override {
    std::unique_lock lock(mutex_);
    return grown_.wait_for(lock, patience, [&] { return logs_[partition].end > after; });
  }

  [[nodiscard]] Status trim(Partition partition, Offset below) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(logs_[partition].records, [below](const LoggedEvent& logged) { return logged.offset < below; });
    return ok_status();
  }

  [[nodiscard]] Status erase(const UserId& user) override {
    const std::lock_guard lock(mutex_);
    for (Log& log : logs_) {
      std::erase_if(log.records, [&user](const LoggedEvent& logged) { return logged.event.user == user; });
    }
    return ok_status();
  }

 private:
  struct Log {
    Offset end = 0;
    std::deque<LoggedEvent> records;  // Ascending by offset.
  };

  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::vector<Log> logs_;
};

}  // namespace magpie::fakes

// History in memory, for tests: obeys the contract of ports/history_store.h, except that nothing survives it.
#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "ports/history_store.h"

namespace magpie::fakes {

class InMemoryHistoryStore final : public HistoryStore {
 public:
  // Writes the events that a source hands over as a table: Analytics::write_events.
  using Source = std::function<Status(const Visit&)>;
  using WriteTable = std::function<Status(const Source&, const std::filesystem::path&)>;

  InMemoryHistoryStore() = default;
  // What export_window needs.
  explicit InMemoryHistoryStore(WriteTable write_table) : write_table_(std::move(write_table)) {}

  [[nodiscard]] Result<Offset> persisted(Partition partition) override {
    const std::lock_guard lock(mutex_);
    return persisted_in(partition);
  }

  [[nodiscard]] Status append(Partition partition, std::span<const LoggedEvent> events, Offset next) override {
    const std::lock_guard lock(mutex_);
    const Offset from = persisted_in(partition);
    for (const LoggedEvent& logged : events) {
      if (logged.offset >= from) days_[day_of(logged.event.time)].push_back(logged.event);
    }
    persisted_[partition] = std::max(from, next);
    return ok_status();
  }

  // For tests that have events but no log.
  void add(std::vector<Event> events) {
    const std::lock_guard lock(mutex_);
    for (Event& event : events) days_[day_of(event.time)].push_back(std::move(event));
  }

  [[nodiscard]] Status scan(TimeWindow window, const Visit& visit) override {
    const std::vector<Event> events = events_in(window);
    constexpr std::size_t kBatch = 1000;
    for (std::size_t from = 0; from < events.size(); from += kBatch) {
      const std::size_t count = std::min(kBatch, events.size() - from);
      MAGPIE_RETURN_IF_ERROR(visit(std::span(events).subspan(from, count)));
    }
    return ok_status();
  }

  [[nodiscard]] Result<HistorySummary> summary() override {
    const std::lock_guard lock(mutex_);
    HistorySummary summary;
    summary.files = summary.days = days_.size();
    for (const auto& [day, events] : days_) {
      summary.events += events.size();
      summary.bytes += events.size() * sizeof(Event);
      for (const Event& event : events) summary.newest = std::max(summary.newest, event.time);
    }
    if (!days_.empty()) summary.oldest = days_.begin()->first;
    return summary;
  }

  [[nodiscard]] Status export_window(TimeWindow window, const std::filesystem::path& to) override {
    if (!write_table_) return failed_precondition("this history was given no way to write tables");
    return write_table_([&](const Visit& visit) { return scan(window, visit); }, to);
  }

  [[nodiscard]] Result<std::size_t> retain(Timestamp horizon) override {
    const std::lock_guard lock(mutex_);
    return std::erase_if(days_, [&](const auto& day) { return day.first + std::chrono::days(1) <= horizon; });
  }

  [[nodiscard]] Result<std::size_t> compact() override { return std::size_t{0}; }

  [[nodiscard]] Status erase(const UserId& user) override {
    const std::lock_guard lock(mutex_);
    for (auto& [day, events] : days_) {
      std::erase_if(events, [&user](const Event& event) { return event.user == user; });
    }
    std::erase_if(days_, [](const auto& day) { return day.second.empty(); });
    return ok_status();
  }

 private:
  static Timestamp day_of(Timestamp time) { return std::chrono::floor<std::chrono::days>(time); }

  [[nodiscard]] Offset persisted_in(Partition partition) const {
    const auto found = persisted_.find(partition);
    return found == persisted_.end() ? 0 : found->second;
  }

  [[nodiscard]] std::vector<Event> events_in(TimeWindow window) {
    const std::lock_guard lock(mutex_);
    std::map<std::pair<Timestamp, EventId>, const Event*> ordered;
    for (const auto& [day, events] : days_) {
      for (const Event& event : events) {
        if (window.start <= event.time && event.time < window.end) ordered.try_emplace({event.time, event.id}, &event);
      }
    }
    std::vector<Event> found;
    std::set<EventId> seen;
    for (const auto& [order, event] : ordered) {
      if (seen.insert(event->id).second) found.push_back(*event);
    }
    return found;
  }

  const WriteTable write_table_;
  std::mutex mutex_;
  std::map<Partition, Offset> persisted_;
  std::map<Timestamp, std::vector<Event>> days_;  // Start of the day -> its events, none empty.
};

}  // namespace magpie::fakes

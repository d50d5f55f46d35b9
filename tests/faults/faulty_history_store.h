// A history store that fails as a FaultPlan says. Operations: persisted, append, scan, summary, export_window, retain,
// compact, erase. Thread-safe where the store is. Store and plan outlive it.
#pragma once

#include "ports/history_store.h"
#include "tests/faults/fault_plan.h"

namespace magpie::faults {

class FaultyHistoryStore final : public HistoryStore {
 public:
  FaultyHistoryStore(HistoryStore& store, FaultPlan& plan) : store_(store), plan_(plan) {}

  [[nodiscard]] Result<Offset> persisted(Partition partition) override {
    return with_faults(plan_, "persisted", [&] { return store_.persisted(partition); });
  }
  [[nodiscard]] Status append(Partition partition, std::span<const LoggedEvent> events, Offset next) override {
    return with_faults(plan_, "append", [&] { return store_.append(partition, events, next); });
  }
  [[nodiscard]] Status scan(TimeWindow window, const Visit& visit) override {
    return with_faults(plan_, "scan", [&] { return store_.scan(window, visit); });
  }
  [[nodiscard]] Result<HistorySummary> summary() override {
    return with_faults(plan_, "summary", [&] { return store_.summary(); });
  }
  [[nodiscard]] Status export_window(TimeWindow window, const std::filesystem::path& to) override {
    return with_faults(plan_, "export_window", [&] { return store_.export_window(window, to); });
  }
  [[nodiscard]] Result<std::size_t> retain(Timestamp horizon) override {
    return with_faults(plan_, "retain", [&] { return store_.retain(horizon); });
  }
  [[nodiscard]] Result<std::size_t> compact() override {
    return with_faults(plan_, "compact", [&] { return store_.compact(); });
  }
  [[nodiscard]] Status erase(const UserId& user) override {
    return with_faults(plan_, "erase", [&] { return store_.erase(user); });
  }

 private:
  HistoryStore& store_;
  FaultPlan& plan_;
};

}  // namespace magpie::faults

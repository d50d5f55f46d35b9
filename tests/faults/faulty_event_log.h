// An event log that fails as a FaultPlan says. Operations: append, read, trim, erase.
// Thread-safe where the log is. Log and plan outlive it.
#pragma once

#include <utility>
#include <vector>

#include "ports/event_log.h"
#include "tests/faults/fault_plan.h"

namespace magpie::faults {

class FaultyEventLog final : public EventLog {
 public:
  FaultyEventLog(EventLog& log, FaultPlan& plan) : log_(log), plan_(plan) {}

  void append(std::vector<Event> events, Acknowledge done) override {
    const auto fault = plan_.next("append");
    if (!fault) return log_.append(std::move(events), std::move(done));
    if (fault->moment == Fault::kBefore) return done(fault->error);
    log_.append(std::move(events), [done = std::move(done), error = fault->error](const Status&) { done(error); });
  }
  [[nodiscard]] Partition partitions() const override { return log_.partitions(); }
  [[nodiscard]] Offset end(Partition partition) const override { return log_.end(partition); }
  [[nodiscard]] Result<std::vector<LoggedEvent>> read(Partition partition, Offset from, std::size_t limit) override {
    return with_faults(plan_, "read", [&] { return log_.read(partition, from, limit); });
  }
  [[nodiscard]] bool wait(Partition partition, Offset after, Duration patience) override {
    return log_.wait(partition, after, patience);
  }
  [[nodiscard]] Status trim(Partition partition, Offset below) override {
    return with_faults(plan_, "trim", [&] { return log_.trim(partition, below); });
  }
  [[nodiscard]] Status erase(const UserId& user) override {
    return with_faults(plan_, "erase", [&] { return log_.erase(user); });
  }

 private:
  EventLog& log_;
  FaultPlan& plan_;
};

}  // namespace magpie::faults

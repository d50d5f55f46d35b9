// FaultPlan: which calls of a decorated port go wrong, and how. Faults come from outside the backend, never from a flag
// within it.
//
//   FaultPlan plan;
//   FaultyFeatureStore features(store, plan);
//   plan.fail("apply", 3, unavailable("injected"));                     // the third apply from now does nothing
//   plan.fail("apply", 1, unavailable("injected"), Fault::kAfter);      // the next is done, but reported as failed
//   plan.before_each([&](std::string_view call) { gate.wait(); });      // a slow backend, slow as the test wants
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace magpie::faults {

enum class Fault {
  kBefore,  // The backend is not called.
  kAfter,  // The backend has done its work; its answer is lost.
};

struct InjectedFault {
  Error error;
  Fault moment;
};

class FaultPlan {
 public:
  static constexpr std::size_t kForever = std::numeric_limits<std::size_t>::max();

  // Fails `times` calls of the operation, beginning with the nth from now (1: the next).
  void fail(std::string_view operation, std::size_t nth, Error error, Fault moment = Fault::kBefore,
            std::size_t times = 1) {
    const std::lock_guard lock(mutex_);
    const std::size_t first = calls_[std::string(operation)] + nth;
    rules_.push_back({std::string(operation), first, times, std::move(error), moment});
  }
  // Every call of every operation from now on.
  void fail_all(Error error) {
    const std::lock_guard lock(mutex_);
    broken_ = std::move(error);
  }
  // Forgets all faults.
  void heal() {
    const std::lock_guard lock(mutex_);
    rules_.clear();
    broken_.reset();
  }
  // Called before each call, outside of every lock: it may block to delay the call.
  void before_each(std::function<void(std::string_view operation)> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }
  // So far, failed ones included.
  [[nodiscard]] std::size_t calls(std::string_view operation) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(operation);
    return found == calls_.end() ? 0 : found->second;
  }

  // For the decorators: counts a call and says what goes wrong with it.
  [[nodiscard]] std::optional<InjectedFault> next(std::string_view operation) {
    if (const auto hook = this->hook()) hook(operation);
    const std::lock_guard lock(mutex_);
    const std::size_t call = ++calls_[std::string(operation)];
    if (broken_) return InjectedFault{*broken_, Fault::kBefore};
    for (const auto& rule : rules_) {
      if (rule.operation == operation && call >= rule.first && call - rule.first < rule.times) {
        return InjectedFault{rule.error, rule.moment};
      }
    }
    return std::nullopt;
  }

 private:
  struct Rule {
    std::string operation;
    std::size_t first;
    std::size_t times;
    Error error;
    Fault moment;
  };

  [[nodiscard]] std::function<void(std::string_view)> hook() const {
    const std::lock_guard lock(mutex_);
    return hook_;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::size_t, std::less<>> calls_;
  std::vector<Rule> rules_;
  std::optional<Error> broken_;
  std::function<void(std::string_view)> hook_;
};

// Calls the backend, or not, as the plan says. `call` returns a Status or a Result.
template <typename Call>
auto with_faults(FaultPlan& plan, std::string_view operation, const Call& call) -> decltype(call()) {
  const auto fault = plan.next(operation);
  if (fault && fault->moment == Fault::kBefore) return fault->error;
  auto answer = call();
  if (fault) return fault->error;
  return answer;
}

}  // namespace magpie::faults

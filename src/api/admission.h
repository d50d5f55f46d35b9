// Admission: whether one more request is served, or refused at once so that those that are served are answered in time.
//
// Controlled delay (K. Nichols, V. Jacobson: Controlling Queue Delay, ACM Queue 10(5), 2012) as servers use it (B.
// Maurer: Fail at Scale, ACM Queue 13(8), 2015). What counts is how long requests have waited before anybody looked at
// them, not how many there are: a burst that is worked off within `interval` is served whole; a queue that stands
// longer is overload, and then only requests that have waited less than `target` are served, until none had to be
// refused for an interval.
//
// Pure but for its state; one thread.
#pragma once

#include <chrono>
#include <optional>

namespace magpie::api {

struct AdmissionSettings {
  std::chrono::steady_clock::duration target = std::chrono::milliseconds(50);  // 0: everything is admitted.
  std::chrono::steady_clock::duration interval = std::chrono::milliseconds(200);
};

class Admission {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Admission(AdmissionSettings settings) : settings_(settings) {}

  // At `now` something was found to have waited so long. True where it should be served. Times do not decrease.
  [[nodiscard]] bool admits(Time now, std::chrono::steady_clock::duration waited);
  // The same without a request: nothing has waited longer than this.
  void observe(Time now, std::chrono::steady_clock::duration waited) { (void)admits(now, waited); }
  [[nodiscard]] bool overloaded() const { return overloaded_; }

 private:
  const AdmissionSettings settings_;
  std::optional<Time> high_since_;  // Of the unbroken row of waits above the target; nothing after one below it.
  std::optional<Time> low_since_;
  bool overloaded_ = false;
};

}  // namespace magpie::api

// Time, injected: production code never asks the system for it. All timestamps are UTC milliseconds.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace magpie {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<Duration>;

[[nodiscard]] constexpr Timestamp from_unix_ms(std::int64_t ms) { return Timestamp(Duration(ms)); }
[[nodiscard]] constexpr std::int64_t to_unix_ms(Timestamp time) { return time.time_since_epoch().count(); }

// Years 1 to 9999, what ISO 8601 can write. Between them differences and sums of times cannot overflow, so whatever
// comes from outside, stored bytes included, is checked against them.
inline constexpr Timestamp kMinTimestamp = from_unix_ms(-62'135'596'800'000);
inline constexpr Timestamp kMaxTimestamp = from_unix_ms(253'402'300'799'999);
[[nodiscard]] constexpr bool is_plausible(Timestamp time) { return time >= kMinTimestamp && time <= kMaxTimestamp; }

// Thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

// For tests: time stands still until it is told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_ms_(to_unix_ms(start)) {}
  [[nodiscard]] Timestamp now() const override { return from_unix_ms(now_ms_.load()); }
  void advance(Duration by) { now_ms_ += by.count(); }
  void set(Timestamp time) { now_ms_ = to_unix_ms(time); }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace magpie

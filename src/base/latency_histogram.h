// LatencyHistogram: how long things took, for decisions in the process itself (base/metrics.h is for those who watch
// from outside and cannot be read back).
//
// Buckets as in HdrHistogram: eight to each doubling, so that a bound is known within an eighth; from a microsecond,
// below which everything is one bucket, to two minutes, above which everything is the last. Recording is one relaxed
// atomic add. Thread-safe; a distribution is a plain value.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace magpie {

inline constexpr std::size_t kLatencyBuckets = 217;

// What a histogram held at a moment.
struct LatencyDistribution {
  std::array<std::uint64_t, kLatencyBuckets> counts{};

  [[nodiscard]] std::uint64_t total() const;
  // At least the share `q` of all took no longer than this; 0 where there are none. q in [0, 1].
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const;
  // How many took longer for certain; those in the bucket of `limit` do not count.
  [[nodiscard]] std::uint64_t slower_than(std::chrono::nanoseconds limit) const;
  friend bool operator==(const LatencyDistribution&, const LatencyDistribution&) = default;
};

class LatencyHistogram {
 public:
  void observe(std::chrono::nanoseconds elapsed);
  // Observations that run at the same time may be in it or not.
  [[nodiscard]] LatencyDistribution snapshot() const;

 private:
  std::array<std::atomic<std::uint64_t>, kLatencyBuckets> counts_{};
};

}  // namespace magpie

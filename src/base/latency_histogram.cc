#include "base/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace magpie {
namespace {

constexpr unsigned kFirstOctave = 10;  // 2^10 ns: bucket 0 is all below.
constexpr unsigned kStepBits = 3;      // Eight buckets an octave.
constexpr std::size_t kSteps = std::size_t{1} << kStepBits;

// Bucket 1 + 8 * (e - 10) + s holds [(8 + s) * 2^(e - 3), (9 + s) * 2^(e - 3)) ns.
std::size_t bucket_of(std::chrono::nanoseconds elapsed) {
  if (elapsed.count() < (std::int64_t{1} << kFirstOctave)) return 0;
  const auto value = static_cast<std::uint64_t>(elapsed.count());
  const auto octave = static_cast<unsigned>(std::bit_width(value)) - 1;
  const std::size_t step = (value >> (octave - kStepBits)) & (kSteps - 1);
  return std::min(1 + kSteps * (octave - kFirstOctave) + step, kLatencyBuckets - 1);
}

std::chrono::nanoseconds upper_bound_of(std::size_t bucket) {
  if (bucket == 0) return std::chrono::nanoseconds(std::int64_t{1} << kFirstOctave);
  const std::size_t octave = kFirstOctave + (bucket - 1) / kSteps;
  const std::size_t step = (bucket - 1) % kSteps;
  return std::chrono::nanoseconds(static_cast<std::int64_t>((kSteps + step + 1) << (octave - kStepBits)));
}

}  // namespace

std::uint64_t LatencyDistribution::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::chrono::nanoseconds LatencyDistribution::quantile(double q) const {
  const std::uint64_t all = total();
  if (all == 0) return std::chrono::nanoseconds(0);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(all)));
  std::uint64_t seen = counts[0];
  std::size_t bucket = 0;
  while (seen < wanted && bucket + 1 < counts.size()) seen += counts[++bucket];
  return upper_bound_of(bucket);
}

std::uint64_t LatencyDistribution::slower_than(std::chrono::nanoseconds limit) const {
  const auto above = static_cast<std::ptrdiff_t>(bucket_of(limit) + 1);
  return std::accumulate(counts.begin() + above, counts.end(), std::uint64_t{0});
}

void LatencyHistogram::observe(std::chrono::nanoseconds elapsed) {
  counts_[bucket_of(elapsed)].fetch_add(1, std::memory_order_relaxed);
}

LatencyDistribution LatencyHistogram::snapshot() const {
  LatencyDistribution distribution;
  for (std::size_t i = 0; i < counts_.size(); ++i) distribution.counts[i] = counts_[i].load(std::memory_order_relaxed);
  return distribution;
}

}  // namespace magpie

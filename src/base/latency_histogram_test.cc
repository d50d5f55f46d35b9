#include "base/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(LatencyHistogram, IsEmptyAtFirst) {
  const auto distribution = LatencyHistogram().snapshot();
  EXPECT_EQ(distribution.total(), 0U);
  EXPECT_EQ(distribution.quantile(0.99), nanoseconds(0));
  EXPECT_EQ(distribution.slower_than(nanoseconds(0)), 0U);
}

TEST(LatencyHistogram, QuantilesAreThoseOfTheSortedValuesWithinABucket) {
  Random random(3);
  LatencyHistogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(static_cast<std::int64_t>(1'024 * std::exp2(24 * random.uniform())));  // 1 us to 17 s.
    histogram.observe(nanoseconds(values.back()));
  }
  std::sort(values.begin(), values.end());
  const auto distribution = histogram.snapshot();
  EXPECT_EQ(distribution.total(), values.size());
  for (const double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const auto exact = values[static_cast<std::size_t>(q * 10'000) - 1];
    EXPECT_GE(distribution.quantile(q).count(), exact) << q;
    EXPECT_LE(static_cast<double>(distribution.quantile(q).count()), static_cast<double>(exact) * 1.125 + 1) << q;
  }
}

TEST(LatencyHistogram, CountsWhatIsSlowerForCertain) {
  LatencyHistogram histogram;
  for (const int ms : {1, 99, 100, 150, 3000}) histogram.observe(milliseconds(ms));
  const auto distribution = histogram.snapshot();
  EXPECT_EQ(distribution.slower_than(milliseconds(100)), 2U) << "99 shares its bucket with 100";
  EXPECT_EQ(distribution.slower_than(milliseconds(10)), 4U);
  EXPECT_EQ(distribution.slower_than(milliseconds(3000)), 0U);
}

TEST(LatencyHistogram, TakesEveryDuration) {
  LatencyHistogram histogram;
  for (const auto elapsed : {nanoseconds::min(), nanoseconds(-1), nanoseconds(0), nanoseconds(1023)}) {
    histogram.observe(elapsed);
  }
  histogram.observe(std::chrono::hours(24));
  histogram.observe(nanoseconds::max());
  const auto distribution = histogram.snapshot();
  EXPECT_EQ(distribution.counts.front(), 4U);
  EXPECT_EQ(distribution.counts.back(), 2U);
}

TEST(LatencyHistogram, LosesNothingBetweenThreads) {
  LatencyHistogram histogram;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) histogram.observe(nanoseconds(i * 1000));
      });
    }
  }
  EXPECT_EQ(histogram.snapshot().total(), 40'000U);
}

}  // namespace
}  // namespace magpie

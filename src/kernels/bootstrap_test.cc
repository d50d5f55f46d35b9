#include "kernels/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

// Two measures a unit: a standard normal and, correlated with it, one that is `shift` lower on average.
std::vector<double> paired_normals(std::size_t units, double shift, Random& random) {
  std::vector<double> values;
  for (std::size_t unit = 0; unit < units; ++unit) {
    const double common = random.normal();
    values.push_back(common);
    values.push_back(common - shift + 0.1 * random.normal());
  }
  return values;
}

TEST(Bootstrap, IsTheSameAsDrawingAndAveraging) {
  const std::vector<double> values = {1, 2, 4, 8, 16};
  const BootstrapParameters parameters{.resamples = 200, .confidence = 0.9, .seed = 5};
  Random random(parameters.seed);
  std::vector<double> means;
  for (std::size_t resample = 0; resample < parameters.resamples; ++resample) {
    double sum = 0;
    for (std::size_t draw = 0; draw < values.size(); ++draw) sum += values[random.below(values.size())];
    means.push_back(sum / 5);
  }
  std::ranges::sort(means);
  const Estimate estimate = Bootstrap(values, 1, parameters).mean(0);
  EXPECT_DOUBLE_EQ(estimate.value, 6.2);
  EXPECT_DOUBLE_EQ(estimate.interval.low, means[10]);
  EXPECT_DOUBLE_EQ(estimate.interval.high, means[189]);
}

// The property that an interval is for: it holds the true mean as often as it says.
TEST(Bootstrap, ItsIntervalsHoldTheTruthAsOftenAsTheySay) {
  Random random(7);
  constexpr int kTrials = 400;
  int held = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::vector<double> values = paired_normals(80, 0, random);
    const Estimate estimate =
        Bootstrap(values, 2, {.resamples = 200, .seed = static_cast<std::uint64_t>(trial)}).mean(0);
    held += estimate.interval.low <= 0 && 0 <= estimate.interval.high ? 1 : 0;
  }
  // 95% of 400, within four standard deviations and the small bias of percentiles.
  EXPECT_GT(held, 355);
  EXPECT_LT(held, 398);
}

TEST(Bootstrap, APairedDifferenceIsFarSharperThanItsTwoMeans) {
  Random random(8);
  const Bootstrap bootstrap(paired_normals(500, 0.05, random), 2);
  const Estimate mean = bootstrap.mean(0);
  const Difference difference = bootstrap.difference(0, 1);
  EXPECT_NEAR(difference.value, 0.05, 0.02);
  EXPECT_LT(difference.interval.high - difference.interval.low, (mean.interval.high - mean.interval.low) / 5);
  EXPECT_LT(difference.p_value, 0.01);
  EXPECT_GT(difference.interval.low, 0);
}

TEST(Bootstrap, EqualMeasuresDoNotDiffer) {
  Random random(9);
  std::vector<double> values;
  for (int i = 0; i < 50; ++i) values.insert(values.end(), 2, random.normal());
  const Difference difference = Bootstrap(values, 2).difference(0, 1);
  EXPECT_DOUBLE_EQ(difference.value, 0);
  EXPECT_DOUBLE_EQ(difference.p_value, 1);
}

TEST(Bootstrap, NoDifferenceIsRarelyCalledOne) {
  Random random(10);
  int called = 0;
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const Bootstrap bootstrap(paired_normals(100, 0, random), 2, {.resamples = 200, .seed = trial});
    called += bootstrap.difference(0, 1).p_value < 0.05 ? 1 : 0;
  }
  EXPECT_LT(called, 25);
}

TEST(Bootstrap, ARatioIsOfSumsAndNotOfRows) {
  const std::vector<double> values = {1, 1, 0, 3};
  const Bootstrap bootstrap(values, 2);
  EXPECT_DOUBLE_EQ(bootstrap.ratio(0, 1).value, 0.25);
  EXPECT_DOUBLE_EQ(bootstrap.ratio(0, 1).interval.low, 0);
  EXPECT_DOUBLE_EQ(bootstrap.ratio(0, 1).interval.high, 1);
}

TEST(Bootstrap, OneUnitAndNone) {
  const std::vector<double> one = {3, 0};
  const Bootstrap single(one, 2);
  EXPECT_DOUBLE_EQ(single.mean(0).interval.low, 3);
  EXPECT_DOUBLE_EQ(single.mean(0).interval.high, 3);
  EXPECT_DOUBLE_EQ(single.ratio(0, 1).value, 0);
  const Bootstrap none({}, 2);
  EXPECT_EQ(none.units(), 0U);
  EXPECT_DOUBLE_EQ(none.mean(1).value, 0);
  EXPECT_DOUBLE_EQ(none.difference(0, 1).p_value, 1);
  EXPECT_DOUBLE_EQ(none.ratio(0, 1).interval.high, 0);
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
  Random random(11);
  const std::vector<double> values = paired_normals(60, 0.1, random);
  EXPECT_EQ(Bootstrap(values, 2, {.seed = 1}).mean(0).interval, Bootstrap(values, 2, {.seed = 1}).mean(0).interval);
  EXPECT_NE(Bootstrap(values, 2, {.seed = 1}).mean(0).interval, Bootstrap(values, 2, {.seed = 2}).mean(0).interval);
}

}  // namespace
}  // namespace magpie

#include "kernels/off_policy.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

// A world of three arms with known click rates, logged by a policy that favours the worst.
constexpr std::array<double, 3> kRates = {0.1, 0.3, 0.6};
constexpr std::array<double, 3> kLogging = {0.7, 0.2, 0.1};
constexpr std::array<double, 3> kTarget = {0.1, 0.2, 0.7};

double value_of(const std::array<double, 3>& policy) {
  double value = 0;
  for (std::size_t arm = 0; arm < 3; ++arm) value += policy[arm] * kRates[arm];
  return value;
}

std::size_t draw(const std::array<double, 3>& policy, Random& random) {
  const double at = random.uniform();
  return at < policy[0] ? 0 : at < policy[0] + policy[1] ? 1 : 2;
}

std::vector<LoggedAction> log_of(std::size_t count, Random& random) {
  std::vector<LoggedAction> actions;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t arm = draw(kLogging, random);
    actions.push_back({static_cast<std::uint32_t>(i), static_cast<float>(kLogging[arm]),
                       static_cast<float>(kTarget[arm]), random.uniform() < kRates[arm] ? 1.0F : 0.0F});
  }
  return actions;
}

TEST(OffPolicy, RecoversTheValueOfAPolicyThatNeverRan) {
  Random random(51);
  const OffPolicyEstimate estimate = estimate_off_policy(log_of(40000, random));
  EXPECT_NEAR(estimate.logged.value, value_of(kLogging), 0.01);
  EXPECT_NEAR(estimate.ips.value, value_of(kTarget), 0.02);
  EXPECT_NEAR(estimate.snips.value, value_of(kTarget), 0.02);
  EXPECT_NEAR(estimate.mean_weight, 1, 0.05);
  EXPECT_EQ(estimate.actions, 40000U);
  EXPECT_EQ(estimate.clusters, 40000U);
  EXPECT_EQ(estimate.clipped, 0U);
}

TEST(OffPolicy, ItsIntervalsHoldTheTruthAsOftenAsTheySay) {
  Random random(52);
  constexpr int kTrials = 200;
  int ips = 0;
  int snips = 0;
  const auto holds = [](const Estimate& estimate) {
    return estimate.interval.low <= value_of(kTarget) && value_of(kTarget) <= estimate.interval.high ? 1 : 0;
  };
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    const OffPolicyEstimate estimate =
        estimate_off_policy(log_of(600, random), {.bootstrap = {.resamples = 200, .seed = trial}});
    ips += holds(estimate.ips);
    snips += holds(estimate.snips);
  }
  EXPECT_GT(ips, 170);
  EXPECT_GT(snips, 170);
}

TEST(OffPolicy, WithEqualPoliciesNothingChanges) {
  const std::vector<LoggedAction> actions = {{0, 0.5F, 0.5F, 1}, {0, 0.2F, 0.2F, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}};
  const OffPolicyEstimate estimate = estimate_off_policy(actions);
  EXPECT_DOUBLE_EQ(estimate.ips.value, 0.5);
  EXPECT_DOUBLE_EQ(estimate.snips.value, 0.5);
  EXPECT_DOUBLE_EQ(estimate.effective_sample_size, 4);
  EXPECT_EQ(estimate.clusters, 2U);
}

TEST(OffPolicy, WithoutExplorationItIsALowerBoundAndSaysSo) {
  // Always the first item was shown; the other policy shows it every second time.
  std::vector<LoggedAction> actions;
  for (std::uint32_t i = 0; i < 100; ++i) actions.push_back({i, 1, static_cast<float>(i % 2), i % 4 == 1 ? 1.0F : 0});
  const OffPolicyEstimate estimate = estimate_off_policy(actions);
  EXPECT_DOUBLE_EQ(estimate.ips.value, 0.25);
  EXPECT_DOUBLE_EQ(estimate.snips.value, 0.5);
  EXPECT_DOUBLE_EQ(estimate.mean_weight, 0.5);
  EXPECT_DOUBLE_EQ(estimate.effective_sample_size, 50);
}

TEST(OffPolicy, LargeWeightsAreClipped) {
  const std::vector<LoggedAction> actions = {{0, 0.001F, 1, 1}, {1, 1, 1, 0}};
  const OffPolicyEstimate estimate = estimate_off_policy(actions, {.largest_weight = 10});
  EXPECT_DOUBLE_EQ(estimate.ips.value, 5);
  EXPECT_EQ(estimate.clipped, 1U);
  EXPECT_NEAR(estimate.effective_sample_size, 121.0 / 101, 1e-9);
}

TEST(OffPolicy, NothingLoggedIsNothing) {
  const OffPolicyEstimate estimate = estimate_off_policy({});
  EXPECT_EQ(estimate.actions, 0U);
  EXPECT_DOUBLE_EQ(estimate.ips.value, 0);
  EXPECT_DOUBLE_EQ(estimate.effective_sample_size, 0);
}

}  // namespace
}  // namespace magpie

#include "kernels/rate_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

struct User {
  double clicks;
  double impressions;
};

// Users differ in how much they see and in how often they click: what one sees is no independent sample.
std::vector<User> users_with_rate(double rate, int count, Random& random) {
  std::vector<User> users;
  for (int i = 0; i < count; ++i) {
    const double own_rate = rate * 2 * random.uniform();
    User user{0, static_cast<double>(10 * (1 + random.below(20)))};
    for (int shown = 0; shown < user.impressions; ++shown) user.clicks += random.uniform() < own_rate ? 1 : 0;
    users.push_back(user);
  }
  return users;
}

RatioMoments moments(const std::vector<User>& users) {
  RatioMoments sums;
  for (const User& user : users) sums.add(user.clicks, user.impressions);
  return sums;
}

TEST(RateComparison, RatioIsOfTheSums) {
  RatioMoments sums;
  EXPECT_EQ(sums.ratio(), 0);
  EXPECT_EQ(sums.variance(), 0);
  sums.add(1, 10);
  EXPECT_EQ(sums.variance(), 0) << "one user says nothing of others";
  sums.add(3, 30);
  sums.add(0, 0);
  EXPECT_DOUBLE_EQ(sums.ratio(), 0.1);
  EXPECT_NEAR(sums.variance(), 0, 1e-15) << "all have the same rate";
  EXPECT_EQ(sums.users(), 3U);
}

// The oracle: the spread of the ratio when the users are drawn again.
TEST(RateComparison, VarianceIsThatOfResampledUsers) {
  Random random(5);
  const auto users = users_with_rate(0.1, 400, random);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 2000;
  for (int draw = 0; draw < kDraws; ++draw) {
    RatioMoments sample;
    for (std::size_t i = 0; i < users.size(); ++i) {
      const User& user = users[random.below(users.size())];
      sample.add(user.clicks, user.impressions);
    }
    sum += sample.ratio();
    squares += sample.ratio() * sample.ratio();
  }
  const double resampled = squares / kDraws - (sum / kDraws) * (sum / kDraws);
  EXPECT_NEAR(moments(users).variance() / resampled, 1, 0.12);
  const double as_if_independent = 0.1 * 0.9 / moments(users).denominator();
  EXPECT_GT(moments(users).variance(), 2 * as_if_independent) << "users matter";
}

TEST(RateComparison, EqualVersionsAreSeldomFoundWorse) {
  Random random(7);
  int rejected = 0;
  constexpr int kTrials = 1000;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto control = moments(users_with_rate(0.1, 150, random));
    const auto treatment = moments(users_with_rate(0.1, 150, random));
    rejected += relative_drop_z(control, treatment, 0) < -1.645 ? 1 : 0;
  }
  EXPECT_NEAR(rejected, kTrials * 0.05, 4 * std::sqrt(kTrials * 0.05 * 0.95));
}

TEST(RateComparison, ADropBeyondTheToleranceIsFound) {
  Random random(9);
  const auto control = moments(users_with_rate(0.1, 3000, random));
  const auto worse = moments(users_with_rate(0.07, 3000, random));
  const auto better = moments(users_with_rate(0.13, 3000, random));
  EXPECT_LT(relative_drop_z(control, worse, 0.05), -3);
  EXPECT_GT(relative_drop_z(control, better, 0.05), 3);
  EXPECT_GT(relative_drop_z(control, worse, 0.5), 3) << "half was allowed";
  EXPECT_EQ(relative_drop_z({}, {}, 0.05), 0);
}

TEST(RateComparison, SharesAreComparedWithATolerance) {
  EXPECT_EQ(share_increase_z({0, 0}, {5, 10}, 0), 0);
  EXPECT_LT(share_increase_z({10, 1000}, {50, 1000}, 0.01), -3);
  EXPECT_GT(share_increase_z({10, 1000}, {50, 1000}, 0.1), 3);
  EXPECT_GT(share_increase_z({50, 1000}, {10, 1000}, 0), 3);
  EXPECT_NEAR(share_increase_z({100, 1000}, {100, 1000}, 0), 0, 1e-12);
  EXPECT_GT(share_increase_z({0, 20}, {1, 20}, 0.01), -1) << "one of twenty is chance";
}

TEST(RateComparison, WilsonsBoundIsThePublishedOne) {
  EXPECT_EQ(wilson_lower_bound({0, 0}, 1.96), 0);
  EXPECT_EQ(wilson_lower_bound({0, 50}, 1.96), 0);
  // Newcombe (1998), table I: 81 of 263 and 15 of 148 at 95%.
  EXPECT_NEAR(wilson_lower_bound({81, 263}, 1.959964), 0.2553, 5e-5);
  EXPECT_NEAR(wilson_lower_bound({15, 148}, 1.959964), 0.0624, 5e-5);
  EXPECT_LT(wilson_lower_bound({1, 30}, 1.645), 0.01) << "one slow request of thirty is no 1%";
  EXPECT_GT(wilson_lower_bound({30, 1000}, 1.645), 0.01);
}

}  // namespace
}  // namespace magpie

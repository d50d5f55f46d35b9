#include "serving/cold_start/blend_policy.h"

#include <gtest/gtest.h>

namespace magpie::serving {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr BlendPolicy kPolicy;

TEST(BlendPolicy, NewUsersExplore) {
  for (const std::size_t interactions : {0U, 1U, 9U, 10U}) {
    const BlendShares shares = blend_shares(kPolicy, {days(7) - milliseconds(1), interactions});
    EXPECT_DOUBLE_EQ(shares.exploration, 0.7);
    EXPECT_DOUBLE_EQ(shares.popular, 0.3);
    EXPECT_NEAR(shares.personalised, 0, 1e-12);
  }
}

TEST(BlendPolicy, AfterAWeekMostIsPersonalised) {
  const BlendShares shares = blend_shares(kPolicy, {days(7), 3});
  EXPECT_DOUBLE_EQ(shares.exploration, 0.3);
  EXPECT_DOUBLE_EQ(shares.popular, 0);
  EXPECT_DOUBLE_EQ(shares.personalised, 0.7);
}

TEST(BlendPolicy, ShiftsWithEveryInteraction) {
  for (const Duration age : {Duration(days(1)), Duration(days(30))}) {
    double last = blend_shares(kPolicy, {age, 10}).personalised;
    for (std::size_t interactions = 11; interactions <= 20; ++interactions) {
      const BlendShares shares = blend_shares(kPolicy, {age, interactions});
      EXPECT_GT(shares.personalised, last);
      EXPECT_NEAR(shares.exploration + shares.popular + shares.personalised, 1, 1e-12);
      last = shares.personalised;
    }
    EXPECT_DOUBLE_EQ(last, 1);
    EXPECT_DOUBLE_EQ(blend_shares(kPolicy, {age, 1'000'000}).personalised, 1);
  }
}

TEST(BlendPolicy, WithoutAShiftItIsAStep) {
  BlendPolicy policy;
  policy.shift_interactions = 0;
  EXPECT_DOUBLE_EQ(blend_shares(policy, {days(1), 9}).exploration, 0.7);
  EXPECT_DOUBLE_EQ(blend_shares(policy, {days(1), 10}).personalised, 1);
}

TEST(BlendSlots, AreTheSharesOfTenPositions) {
  EXPECT_EQ(blend_slots({0.7, 0.3, 0}, 10), (BlendSlots{7, 3, 0}));
  EXPECT_EQ(blend_slots({0.3, 0, 0.7}, 10), (BlendSlots{3, 0, 7}));
  EXPECT_EQ(blend_slots({0.35, 0.15, 0.5}, 10), (BlendSlots{4, 1, 5})) << "of equal remainders the earlier one";
  EXPECT_EQ(blend_slots({0, 0, 1}, 10), (BlendSlots{0, 0, 10}));
}

TEST(BlendSlots, AddUpAndStayWithinOneOfTheirShare) {
  for (std::size_t n = 0; n <= 100; ++n) {
    for (std::size_t interactions = 0; interactions <= 21; ++interactions) {
      const BlendShares shares = blend_shares(kPolicy, {days(2), interactions});
      const BlendSlots slots = blend_slots(shares, n);
      EXPECT_EQ(slots.exploration + slots.popular + slots.personalised, n);
      EXPECT_NEAR(static_cast<double>(slots.exploration), shares.exploration * static_cast<double>(n), 1);
      EXPECT_NEAR(static_cast<double>(slots.popular), shares.popular * static_cast<double>(n), 1);
    }
  }
}

}  // namespace
}  // namespace magpie::serving

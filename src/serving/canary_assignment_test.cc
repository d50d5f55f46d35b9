#include "serving/canary_assignment.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace magpie::serving {
namespace {

constexpr int kUsers = 20'000;

UserId user(int i) { return UserId("user-" + std::to_string(i)); }

TEST(CanaryAssignment, GivesTheCanaryItsShare) {
  for (const double share : {0.01, 0.1, 0.5, 0.9}) {
    int assigned = 0;
    for (int i = 0; i < kUsers; ++i) assigned += is_canary_user(user(i), ModelVersion(7), share) ? 1 : 0;
    const double deviation = std::sqrt(kUsers * share * (1 - share));
    EXPECT_NEAR(assigned, kUsers * share, 4 * deviation) << share;
  }
}

TEST(CanaryAssignment, EndsAreExact) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(is_canary_user(user(i), ModelVersion(7), 0));
    EXPECT_TRUE(is_canary_user(user(i), ModelVersion(7), 1));
  }
}

TEST(CanaryAssignment, IsUniform) {
  std::array<int, 20> twentieths{};
  for (int i = 0; i < kUsers; ++i) {
    std::size_t below = 0;
    while (!is_canary_user(user(i), ModelVersion(7), static_cast<double>(below + 1) / 20)) ++below;
    ++twentieths[below];
  }
  double chi_squared = 0;
  for (const int count : twentieths) chi_squared += std::pow(count - kUsers / 20.0, 2) / (kUsers / 20.0);
  EXPECT_LT(chi_squared, 43.8) << "99.9% of 19 degrees of freedom";
}

TEST(CanaryAssignment, AGrowingShareKeepsItsUsers) {
  for (int i = 0; i < 1000; ++i) {
    bool assigned = false;
    for (int percent = 0; percent <= 100; ++percent) {
      const bool now = is_canary_user(user(i), ModelVersion(7), percent / 100.0);
      EXPECT_TRUE(now || !assigned) << i << " left at " << percent << "%";
      assigned = now;
    }
  }
}

TEST(CanaryAssignment, AnotherVersionIsTriedOnOtherUsers) {
  int both = 0;
  for (int i = 0; i < kUsers; ++i) {
    both += is_canary_user(user(i), ModelVersion(7), 0.5) && is_canary_user(user(i), ModelVersion(8), 0.5) ? 1 : 0;
  }
  EXPECT_NEAR(both, kUsers / 4, 4 * std::sqrt(kUsers * 0.25 * 0.75)) << "independent";
}

// Stored nowhere, but two servers, and one before and after an upgrade, must agree.
TEST(CanaryAssignment, IsTheSameOnEveryMachine) {
  std::string assigned;
  for (int i = 0; i < 16; ++i) assigned += is_canary_user(user(i), ModelVersion(3), 0.5) ? '1' : '0';
  EXPECT_EQ(assigned, "1111001100111101");
}

}  // namespace
}  // namespace magpie::serving

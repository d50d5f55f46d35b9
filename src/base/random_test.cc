#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace magpie {
namespace {

// The C++ standard fixes the 10,000th output of a default-seeded std::mt19937_64.
TEST(Random, IsTheStandardsMersenneTwister) {
  Random random(5489);
  for (int i = 1; i < 10'000; ++i) static_cast<void>(random.next());
  EXPECT_EQ(random.next(), 9981545732273789042U);
}

TEST(Random, SameSeedSameNumbers) {
  Random a(7);
  Random b(7);
  Random c(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto next = a.next();
    EXPECT_EQ(next, b.next());
    differs |= next != c.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, BelowIsUniform) {
  Random random(1);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[random.below(10)];
  // Fixed seed, so no luck is involved: 5 standard deviations are 474.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 474);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, UniformStaysInItsInterval) {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  int beyond_two = 0;
  constexpr int kCount = 100'000;
  for (int i = 0; i < kCount; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
    beyond_two += std::abs(value) > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.016);
  EXPECT_NEAR(squares / kCount, 1, 0.023);
  EXPECT_NEAR(beyond_two / static_cast<double>(kCount), 0.0455, 0.0033);
}

}  // namespace
}  // namespace magpie

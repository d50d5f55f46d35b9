#include "kernels/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

// The oracle: the algorithm of the paper, in its own letters.
struct NaiveAdam {
  double theta;
  double m = 0;
  double v = 0;

  void step(double g, int t, double rate, const AdamParameters& adam) {
    m = adam.beta1 * m + (1 - adam.beta1) * g;
    v = adam.beta2 * v + (1 - adam.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(adam.beta1, t));
    const double v_hat = v / (1 - std::pow(adam.beta2, t));
    theta -= rate * (m_hat / (std::sqrt(v_hat) + adam.epsilon) + adam.weight_decay * theta);
  }
};

TEST(Adam, IsTheAlgorithmOfThePaper) {
  const AdamParameters adam{0.05, 0.9, 0.99, 1e-6, 0.2};
  std::vector<float> values = {1, -2, 0.5F};
  std::vector<float> first(3);
  std::vector<float> second(3);
  std::vector<NaiveAdam> naive = {{1.0}, {-2.0}, {0.5}};
  Random random(2);
  for (int t = 1; t <= 50; ++t) {
    const double rate = adam.learning_rate / t;  // A schedule.
    std::vector<float> gradient(3);
    for (std::size_t i = 0; i < 3; ++i) {
      gradient[i] = static_cast<float>(random.normal());
      naive[i].step(static_cast<double>(gradient[i]), t, rate, adam);
    }
    AdamStep(adam, static_cast<std::uint64_t>(t), rate).update(values, gradient, first, second);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(values[i], naive[i].theta, 1e-5) << "step " << t;
  }
}

TEST(Adam, TheFirstStepIsTheLearningRateInSize) {
  const AdamParameters adam;
  for (const float slope : {1e-4F, 1.0F, -1e4F}) {
    float value = 0;
    float first = 0;
    float second = 0;
    AdamStep(adam, 1, 0.01).update({&value, 1}, {&slope, 1}, {&first, 1}, {&second, 1});
    EXPECT_NEAR(value, slope > 0 ? -0.01 : 0.01, 1e-5);
  }
}

TEST(Adam, WithoutGradientOnlyTheDecayActs) {
  AdamParameters adam;
  adam.weight_decay = 0.5;
  float value = 2;
  float first = 0;
  float second = 0;
  const float slope = 0;
  AdamStep(adam, 1, 0.1).update({&value, 1}, {&slope, 1}, {&first, 1}, {&second, 1});
  EXPECT_NEAR(value, 1.9, 1e-6);
}

}  // namespace
}  // namespace magpie

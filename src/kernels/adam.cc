#include "kernels/adam.h"

#include <Eigen/Core>
#include <cmath>

namespace magpie {

AdamStep::AdamStep(const AdamParameters& parameters, std::uint64_t step, double learning_rate)
    : beta1_(static_cast<float>(parameters.beta1)),
      beta2_(static_cast<float>(parameters.beta2)),
      epsilon_(static_cast<float>(parameters.epsilon)),
      rate_(static_cast<float>(learning_rate / (1 - std::pow(parameters.beta1, static_cast<double>(step))))),
      second_correction_(static_cast<float>(1 / (1 - std::pow(parameters.beta2, static_cast<double>(step))))),
      keep_(static_cast<float>(1 - learning_rate * parameters.weight_decay)) {}

void AdamStep::update(std::span<float> values, std::span<const float> gradient, std::span<float> first,
                      std::span<float> second) const {
  const auto size = static_cast<Eigen::Index>(values.size());
  Eigen::Map<Eigen::ArrayXf> value(values.data(), size);
  Eigen::Map<Eigen::ArrayXf> mean(first.data(), size);
  Eigen::Map<Eigen::ArrayXf> square(second.data(), size);
  const Eigen::Map<const Eigen::ArrayXf> slope(gradient.data(), size);
  mean = beta1_ * mean + (1 - beta1_) * slope;
  square = beta2_ * square + (1 - beta2_) * slope.square();
  value = keep_ * value - rate_ * mean / ((square * second_correction_).sqrt() + epsilon_);
}

}  // namespace magpie

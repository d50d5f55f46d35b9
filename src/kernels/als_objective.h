// What a row's weights mean to the objective of kernels/als.h. Pure.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace magpie {

struct AlsObjective {
  float regularization = 0;
  float alpha = 0;
  float frequency_exponent = 0;
  std::size_t columns = 0;  // Of the half-step: the items for a user, the users for an item.

  // Confidence beyond that of an unobserved cell.
  [[nodiscard]] float extra(float weight) const { return alpha * weight; }

  // regularization * (total confidence of the row)^nu
  [[nodiscard]] float row_regularization(std::span<const float> weights) const {
    if (frequency_exponent == 0) return regularization;
    double confidence = static_cast<double>(columns);
    for (const float weight : weights) confidence += static_cast<double>(extra(weight));
    return regularization * static_cast<float>(std::pow(confidence, frequency_exponent));
  }
};

}  // namespace magpie

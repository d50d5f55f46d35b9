// IsotonicMap: a non-decreasing function of one number, piecewise linear: how a score becomes a probability.
// kernels/calibration.h fits one. Thread-safety: plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace magpie {

struct IsotonicMap {
  std::vector<float> predicted;    // Strictly ascending.
  std::vector<float> probability;  // Parallel to it, ascending.
  friend bool operator==(const IsotonicMap&, const IsotonicMap&) = default;

  // Linear between the points, constant outside them. Without points: the prediction itself.
  [[nodiscard]] float operator()(float prediction) const {
    if (predicted.empty()) return prediction;
    const auto above = std::upper_bound(predicted.begin(), predicted.end(), prediction);
    if (above == predicted.begin()) return probability.front();
    if (above == predicted.end()) return probability.back();
    const auto right = static_cast<std::size_t>(above - predicted.begin());
    const float share = (prediction - predicted[right - 1]) / (predicted[right] - predicted[right - 1]);
    return probability[right - 1] + share * (probability[right] - probability[right - 1]);
  }
};

}  // namespace magpie

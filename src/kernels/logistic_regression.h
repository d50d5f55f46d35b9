// Logistic regression with an L2 penalty, by Newton's method (iteratively reweighted least squares; T. Hastie,
// R. Tibshirani, J. Friedman: The Elements of Statistical Learning, 4.4.1).
//
// Features are divided by their standard deviation first, so that the penalty treats them alike; the intercept is not
// penalised. The problem is strictly convex: the result is unique, and the same on every run. Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/matrix.h"

namespace magpie {

struct LogisticParameters {
  double l2 = 1.0;  // Times |w|^2 / 2, beside a sum over the rows.
  std::size_t iterations = 50;
};

// P(y = 1 | x) = 1 / (1 + exp(-(intercept + weights . x))).
struct LogisticModel {
  std::vector<float> weights;  // A column's; 0 where it is constant.
  float intercept = 0;
};

// `features`: a row an example; `labels`: 0 or 1, parallel to the rows. Without rows: all 0. Where all labels agree the
// intercept has no finite optimum, and its rate is taken as if half an example disagreed.
// O(iterations x rows x columns^2).
[[nodiscard]] LogisticModel fit_logistic(const Matrix& features, std::span<const std::uint8_t> labels,
                                         const LogisticParameters& parameters = {});

[[nodiscard]] float logistic_probability(std::span<const float> weights, float intercept, std::span<const float> row);

// What is minimised, for features as they are (not divided by anything), and its gradient: weights, then intercept.
struct LogisticObjective {
  double value = 0;
  std::vector<double> gradient;
};
[[nodiscard]] LogisticObjective logistic_objective(const Matrix& features, std::span<const std::uint8_t> labels,
                                                   std::span<const double> weights_and_intercept, double l2);

}  // namespace magpie

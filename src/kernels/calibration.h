// Calibration: whether predicted probabilities come true as often as they say, and a monotone map that makes them.
//
// Equal-mass bins: M. Nguyen, B. O'Connor: Posterior calibration and exploratory analysis, EMNLP 2015; they estimate
// the error with less bias than bins of equal width (R. Roelofs et al., AISTATS 2022). Isotonic regression by pooling
// adjacent violators: M. Ayer et al., 1955; for probabilities B. Zadrozny, C. Elkan, KDD 2002. Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/isotonic_map.h"

namespace magpie {

// What was predicted, and whether it came true.
struct Outcome {
  float predicted = 0;  // In [0, 1].
  bool happened = false;
};

struct ReliabilityBin {
  double predicted = 0;  // Mean over the bin.
  double observed = 0;   // Share that happened.
  std::uint64_t count = 0;
};

// About `bins` bins of equally many outcomes, by ascending prediction; fewer where equal predictions, which are never
// divided, need it. No bin is empty. Precondition: bins > 0.
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(std::vector<Outcome> outcomes, std::size_t bins);

// Mean of |predicted - observed| over the outcomes; 0 where there are none.
[[nodiscard]] double expected_calibration_error(std::span<const ReliabilityBin> bins);

// The non-decreasing map nearest to the outcomes in the sense of least squares, as the means of its steps. As many
// imagined outcomes as `prior` stand beside each step, at the rate of all: a step of few outcomes is not certain.
[[nodiscard]] IsotonicMap fit_isotonic(std::vector<Outcome> outcomes, double prior = 0);

}  // namespace magpie

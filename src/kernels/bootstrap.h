// Bootstrap: how far a mean over users could have come out otherwise, had other users of their kind been asked.
//
// B. Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993: units (users, requests) are drawn with replacement,
// as many as there are, and every measure is computed anew; intervals are percentiles of these replicates. All measures
// are computed on the same draws, so that a difference between two of them is that of a paired test.
// Deterministic for a seed. Building costs units x resamples x measures additions; the rest sorts the replicates.
// Thread-safe once built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace magpie {

class Random;

struct BootstrapParameters {
  std::size_t resamples = 1000;  // > 0
  double confidence = 0.95;  // Of the two-sided intervals; in (0, 1).
  std::uint64_t seed = 42;
};

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct Estimate {
  double value = 0;
  Interval interval;
};

struct Difference {
  double value = 0;
  Interval interval;
  // Two-sided: twice the share of replicates on the rarer side of 0, at least 2 / (resamples + 1), at most 1.
  double p_value = 1;
};

class Bootstrap {
 public:
  // `values`: a row of `measures` numbers a unit. Precondition: values.size() is a multiple of measures > 0.
  Bootstrap(std::span<const double> values, std::size_t measures, const BootstrapParameters& parameters = {});

  [[nodiscard]] std::size_t units() const { return units_; }
  // Mean over the units; all 0 where there are none.
  [[nodiscard]] Estimate mean(std::size_t measure) const;
  // mean(a) - mean(b).
  [[nodiscard]] Difference difference(std::size_t a, std::size_t b) const;
  // Sum of one measure by the sum of another; 0 where the latter is 0.
  [[nodiscard]] Estimate ratio(std::size_t numerator, std::size_t denominator) const;

 private:
  void add_replicate(std::span<const double> values, std::vector<std::uint32_t>& draws, Random& random);
  [[nodiscard]] double replicate(std::size_t resample, std::size_t measure) const {
    return replicates_[resample * measures_ + measure];
  }
  [[nodiscard]] Interval percentiles(std::vector<double> replicates) const;

  std::size_t units_ = 0;
  std::size_t measures_ = 0;
  double confidence_ = 0;
  std::vector<double> means_;  // Of the units as they are.
  std::vector<double> replicates_;  // resamples x measures: means of the units that were drawn.
};

}  // namespace magpie

#include "kernels/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace magpie {
namespace {

double quotient(double numerator, double denominator) { return denominator == 0 ? 0 : numerator / denominator; }

void add_row(std::span<const double> row, double times, std::span<double> sums) {
  for (std::size_t m = 0; m < sums.size(); ++m) sums[m] += times * row[m];
}

}  // namespace

Bootstrap::Bootstrap(std::span<const double> values, std::size_t measures, const BootstrapParameters& parameters)
    : units_(values.size() / measures), measures_(measures), confidence_(parameters.confidence), means_(measures) {
  if (units_ == 0) return;
  const double share = 1 / static_cast<double>(units_);
  for (std::size_t unit = 0; unit < units_; ++unit) add_row(values.subspan(unit * measures, measures), share, means_);
  Random random(parameters.seed);
  std::vector<std::uint32_t> draws;
  replicates_.reserve(parameters.resamples * measures);
  for (std::size_t resample = 0; resample < parameters.resamples; ++resample) add_replicate(values, draws, random);
}

// Counts how often each unit is drawn first: the values are then read once, in order.
void Bootstrap::add_replicate(std::span<const double> values, std::vector<std::uint32_t>& draws, Random& random) {
  draws.assign(units_, 0);
  for (std::size_t draw = 0; draw < units_; ++draw) ++draws[random.below(units_)];
  replicates_.resize(replicates_.size() + measures_);
  const std::span<double> sums = std::span(replicates_).last(measures_);
  for (std::size_t unit = 0; unit < units_; ++unit) {
    if (draws[unit] > 0) add_row(values.subspan(unit * measures_, measures_), draws[unit], sums);
  }
  for (double& sum : sums) sum /= static_cast<double>(units_);
}

Estimate Bootstrap::mean(std::size_t measure) const {
  std::vector<double> means;
  for (std::size_t r = 0; r < replicates_.size() / measures_; ++r) means.push_back(replicate(r, measure));
  return {means_[measure], percentiles(std::move(means))};
}

Difference Bootstrap::difference(std::size_t a, std::size_t b) const {
  if (units_ == 0) return {};
  std::vector<double> differences;
  std::size_t not_above = 0;
  std::size_t not_below = 0;
  for (std::size_t r = 0; r < replicates_.size() / measures_; ++r) {
    const double difference = differences.emplace_back(replicate(r, a) - replicate(r, b));
    not_above += difference <= 0 ? 1 : 0;
    not_below += difference >= 0 ? 1 : 0;
  }
  const double rarer = static_cast<double>(std::min(not_above, not_below) + 1);
  const double p_value = std::min(1.0, 2 * rarer / static_cast<double>(differences.size() + 1));
  return {means_[a] - means_[b], percentiles(std::move(differences)), p_value};
}

Estimate Bootstrap::ratio(std::size_t numerator, std::size_t denominator) const {
  std::vector<double> ratios;
  for (std::size_t r = 0; r < replicates_.size() / measures_; ++r) {
    ratios.push_back(quotient(replicate(r, numerator), replicate(r, denominator)));
  }
  return {quotient(means_[numerator], means_[denominator]), percentiles(std::move(ratios))};
}

Interval Bootstrap::percentiles(std::vector<double> replicates) const {
  if (replicates.empty()) return {};
  std::sort(replicates.begin(), replicates.end());
  const double tail = (1 - confidence_) / 2 * static_cast<double>(replicates.size());
  // A little more: 0.05 x 200 is not to fall short of 10 by rounding.
  const auto cut = std::min(static_cast<std::size_t>(std::floor(tail + 1e-9)), (replicates.size() - 1) / 2);
  return {replicates[cut], replicates[replicates.size() - 1 - cut]};
}

}  // namespace magpie

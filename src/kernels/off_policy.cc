#include "kernels/off_policy.h"

#include <algorithm>
#include <array>
#include <vector>

namespace magpie {
namespace {

// What is summed over the actions of a cluster.
enum Measure : std::size_t { kActions, kReward, kWeight, kWeightedReward, kMeasures };
using Sums = std::array<double, kMeasures>;

struct Totals {
  std::vector<double> clusters;  // A row of Sums a cluster.
  double weights = 0;
  double squares = 0;
  std::size_t clipped = 0;
};

Totals sum_up(std::span<const LoggedAction> actions, double largest_weight) {
  Totals totals;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const LoggedAction& action = actions[i];
    if (i == 0 || action.cluster != actions[i - 1].cluster) totals.clusters.resize(totals.clusters.size() + kMeasures);
    const double full = static_cast<double>(action.target) / static_cast<double>(action.propensity);
    const double weight = std::min(full, largest_weight);
    const auto reward = static_cast<double>(action.reward);
    const Sums sums = {1, reward, weight, weight * reward};
    const std::span<double> cluster = std::span(totals.clusters).last(kMeasures);
    for (std::size_t m = 0; m < kMeasures; ++m) cluster[m] += sums[m];
    totals.weights += weight;
    totals.squares += weight * weight;
    totals.clipped += full > largest_weight ? 1 : 0;
  }
  return totals;
}

}  // namespace

OffPolicyEstimate estimate_off_policy(std::span<const LoggedAction> actions, const OffPolicyParameters& parameters) {
  const Totals totals = sum_up(actions, parameters.largest_weight);
  const Bootstrap bootstrap(totals.clusters, kMeasures, parameters.bootstrap);
  OffPolicyEstimate estimate;
  estimate.logged = bootstrap.ratio(kReward, kActions);
  estimate.ips = bootstrap.ratio(kWeightedReward, kActions);
  estimate.snips = bootstrap.ratio(kWeightedReward, kWeight);
  estimate.actions = actions.size();
  estimate.clusters = bootstrap.units();
  estimate.clipped = totals.clipped;
  if (totals.squares > 0) estimate.effective_sample_size = totals.weights * totals.weights / totals.squares;
  if (!actions.empty()) estimate.mean_weight = totals.weights / static_cast<double>(actions.size());
  return estimate;
}

}  // namespace magpie

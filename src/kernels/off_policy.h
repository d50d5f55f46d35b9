// Off-policy estimates: what another policy would have earned, from what the logging policy showed and earned.
//
// An action is one item at one position of one response. Its weight is the chance that the evaluated policy does the
// same by the chance that the logging policy did (its propensity).
//   IPS    mean of weight x reward (D. Horvitz, D. Thompson, 1952). Unbiased where the logging policy could have shown
//          whatever the other one shows; where it could not, the estimate lacks those rewards and is a lower bound.
//   SNIPS  sum of weight x reward by sum of weights (A. Swaminathan, T. Joachims: The Self-Normalized Estimator for
//          Counterfactual Learning, NeurIPS 2015): the rate of reward where both policies agree; less variance, a
//          small bias.
// Actions count one by one, by item and position (S. Li et al.: Offline Evaluation of Ranking Policies with Click
// Models, KDD 2018). Intervals resample clusters (responses, users): actions of one response are not independent.
// Pure, deterministic for a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/bootstrap.h"

namespace magpie {

struct LoggedAction {
  std::uint32_t cluster = 0;  // Actions of one cluster are neighbours.
  float propensity = 1;       // Of the logging policy; in (0, 1].
  float target = 0;           // Of the evaluated policy; in [0, 1].
  float reward = 0;           // 1: clicked.
};

struct OffPolicyParameters {
  double largest_weight = 100;  // Larger ones are clipped: less variance, a bias towards 0.
  BootstrapParameters bootstrap{};
};

struct OffPolicyEstimate {
  Estimate logged;  // Reward an action, of the logging policy.
  Estimate ips;     // Reward an action, of the evaluated policy.
  Estimate snips;
  std::size_t actions = 0;
  std::size_t clusters = 0;
  // (sum of weights)^2 / sum of squared weights (L. Kish, 1965): as many equally weighted actions say as much.
  double effective_sample_size = 0;
  // 1 in expectation where the logging policy has full support; far less: it could not show what the other one shows.
  double mean_weight = 0;
  std::size_t clipped = 0;
};

[[nodiscard]] OffPolicyEstimate estimate_off_policy(std::span<const LoggedAction> actions,
                                                    const OffPolicyParameters& parameters = {});

}  // namespace magpie

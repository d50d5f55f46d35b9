// The steps of a training of a two-tower network: Adam on what a batch has a gradient for, and the average of the
// parameters on the way.
//
// Deterministic, whatever the threads.
#pragma once

#include <cstdint>

#include "kernels/adam.h"
#include "kernels/two_tower_network.h"

namespace magpie {

// Lazy for embeddings (kernels/adam.h). 1 / temperature stays within [1, 100] and does not decay.
class TwoTowerOptimizer {
 public:
  // `team` must outlive it.
  TwoTowerOptimizer(const TwoTowerParameters<float>& parameters, const AdamParameters& adam, ShardTeam& team);

  void step(const TwoTowerGradient<float>& gradient, TwoTowerParameters<float>& parameters);

 private:
  void update_rows(const AdamStep& step, const std::vector<std::uint32_t>& rows, const RowMatrix<float>& gradient,
                   RowMatrix<float> TwoTowerParameters<float>::* part, TwoTowerParameters<float>& parameters);
  void update_tower(const AdamStep& step, const Tower<float>& gradient, Tower<float> TwoTowerParameters<float>::* part,
                    TwoTowerParameters<float>& parameters);

  AdamParameters adam_;
  ShardTeam& team_;
  TwoTowerParameters<float> first_;  // Moments.
  TwoTowerParameters<float> second_;
  std::uint64_t steps_ = 0;
};

// The mean of parameters over about the last ninth of a training, which is better than where it stands at any one step.
//
// O. Shamir, T. Zhang: Stochastic Gradient Descent for Non-smooth Optimization, ICML 2013: polynomial-decay averaging,
// with eta = 8. It needs no schedule of the learning rate, and so no end that is known in advance.
class ParameterAverage {
 public:
  // Begins as what is given. `team` must outlive it.
  ParameterAverage(const TwoTowerParameters<float>& parameters, ShardTeam& team) : team_(team), mean_(parameters) {}

  void add(const TwoTowerParameters<float>& parameters);
  [[nodiscard]] const TwoTowerParameters<float>& mean() const { return mean_; }

 private:
  ShardTeam& team_;
  TwoTowerParameters<float> mean_;
  std::uint64_t count_ = 0;
};

}  // namespace magpie

// Adam with decoupled weight decay, one step of it on any part of the parameters.
//
// D. P. Kingma, J. Ba: Adam, ICLR 2015; I. Loshchilov, F. Hutter: Decoupled Weight Decay Regularization, ICLR 2019.
// Lazy: a row of an embedding that a batch does not touch keeps its value and its moments. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>

namespace magpie {

struct AdamParameters {
  double learning_rate = 1e-3;
  double beta1 = 0.9;      // Of the mean of the gradient.
  double beta2 = 0.999;    // Of the mean of its square.
  double epsilon = 1e-8;
  double weight_decay = 0; // Part of a value that it loses each step, by the learning rate.
};

// The constants of one step.
class AdamStep {
 public:
  // `step`: from 1. `learning_rate`: of this step, which a schedule may have lowered.
  AdamStep(const AdamParameters& parameters, std::uint64_t step, double learning_rate);

  // All of one size. `first` and `second` are the moments, 0 before the first step.
  void update(std::span<float> values, std::span<const float> gradient, std::span<float> first,
              std::span<float> second) const;

 private:
  float beta1_;
  float beta2_;
  float epsilon_;
  float rate_;              // Learning rate with the correction of the first moment.
  float second_correction_; // 1 / (1 - beta2^step)
  float keep_;              // 1 - learning rate x weight decay
};

}  // namespace magpie

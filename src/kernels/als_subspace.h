// One row of an ALS half-step by block coordinate descent (iALS++, see kernels/als.h): for each block of b factors in
// turn, one Newton step on those alone, exact as the objective is quadratic. n f b + f^2 + f b^2 / 3 multiply-adds for
// n interactions, where the exact solution takes n f^2 + f^3/3.
//
// Not thread-safe: one for each thread, since it owns the scratch memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/als_row_solver.h"

namespace magpie {

class AlsSubspaceSolver {
 public:
  AlsSubspaceSolver(const AlsFixedView& fixed, const AlsObjective& objective, std::size_t block);

  // row: where the row stands, als_padded(factors) floats; improved in place. Without interactions it becomes zero.
  void sweep(std::span<const std::uint32_t> columns, std::span<const float> weights, std::span<float> row);

 private:
  void set_confidences(std::span<const float> weights);
  void step(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width, float regularization,
            std::span<float> row);
  void set_curvature(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width,
                     float regularization);
  void set_descent(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width, float regularization,
                   std::span<const float> row);

  const AlsFixedView fixed_;
  const AlsObjective objective_;
  const std::size_t padded_;
  const std::size_t block_;
  std::vector<std::uint32_t> all_factors_;  // 0, 1, ...
  std::vector<float> extras_;               // e_i
  std::vector<float> roots_;                // sqrt(e_i)
  std::vector<float> predictions_;          // x . y_i
  std::vector<float> residuals_;            // (1 + e_i) - e_i x . y_i: minus the slope of the observed part.
  std::vector<float> gathered_;
  std::vector<float> system_;
  std::vector<float> descent_;  // Minus the gradient in the block, then the step.
  std::vector<float> unobserved_;
};

}  // namespace magpie

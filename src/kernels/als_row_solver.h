// One row of an ALS half-step, exactly: minimises sum over all columns of c (p - x . y)^2 + reg |x|^2, that is
// (G + reg I + Z^T Z) x = Z^T s, where G is the Gram matrix of the fixed side, row i of Z is sqrt(e_i) y_i for the i-th
// interaction with extra confidence e_i = alpha r_i, and s_i = (1 + e_i) / sqrt(e_i).
//
// Primal: that f x f system; n f^2 + f^3/3 multiply-adds for n interactions.
// Dual: where n < f and G is diagonal (kernels/als_fixed_side.h rotates it so), D = G + reg I costs nothing to invert
// and x = D^-1 Z^T t with the n x n system (I + Z D^-1 Z^T) t = s: n^2 f / 2 + n^3/6. It is the same x, by the
// push-through identity, and free of cancellation.
//
// Not thread-safe: one for each thread, since it owns the scratch memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/als_dense.h"
#include "kernels/als_objective.h"

namespace magpie {

// The fixed side of a half-step, as its rows see it. `padded` is als_padded(factors).
struct AlsFixedView {
  ConstDenseView rows;  // At least `factors` floats each; `padded` with zeros behind if the spectrum is set.
  std::size_t factors = 0;
  ConstDenseView gram;  // padded x padded, upper triangle; the padding has ones on its diagonal.
  std::span<const float> spectrum;  // The diagonal of `gram` if all else of it is zero; otherwise empty.
};

// Is the dual system the cheaper one for a row of `count` interactions?
[[nodiscard]] bool als_prefers_dual(std::size_t count, std::size_t factors);

class AlsRowSolver {
 public:
  AlsRowSolver(const AlsFixedView& fixed, const AlsObjective& objective);

  // out: `factors` floats. A row without interactions is zero.
  void solve(std::span<const std::uint32_t> columns, std::span<const float> weights, std::span<float> out);

 private:
  void set_confidences(std::span<const float> weights);
  void solve_primal(std::span<const std::uint32_t> columns, float regularization);
  void solve_dual(std::span<const std::uint32_t> columns, float regularization);
  void add_observed(std::span<const std::uint32_t> columns);

  const AlsFixedView fixed_;
  const AlsObjective objective_;
  const std::size_t padded_;
  std::vector<float> roots_;  // sqrt(e_i)
  std::vector<float> targets_;  // s_i, later t_i sqrt(e_i), or 1 + e_i.
  std::vector<float> gathered_;  // A part of Z, or its transpose.
  std::vector<float> system_;
  std::vector<float> identity_;  // What the dual system starts from.
  std::vector<float> inverse_;  // D^-1
  std::vector<float> inverse_root_;
  std::vector<float> solution_;
};

}  // namespace magpie

// Implicit-feedback matrix factorisation by alternating least squares.
//
// Y. Hu, Y. Koren, C. Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008: minimises
// sum over (u,i) of c_ui (p_ui - x_u . y_i)^2 + reg_u |x_u|^2 + reg_i |y_i|^2, with confidence c = 1 + alpha r and
// preference p = 1 where r > 0. Regularisation may grow with the total confidence of the row or column,
// reg_u = regularization * (sum over i of c_ui)^nu, as in S. Rendle, W. Krichene, L. Zhang, Y. Koren: Revisiting the
// Performance of iALS on Item Recommendation Benchmarks, RecSys 2022.
//
// Two solvers of a half-step (all users given the items, or the reverse):
// - Cholesky: exact. A row with fewer interactions than factors is solved through its n x n dual system, see
//   kernels/als_row_solver.h.
// - Subspace: one sweep of block coordinate descent from where the row stands. S. Rendle, W. Krichene, L. Zhang,
//   Y. Koren: iALS++: Speeding up Matrix Factorization with Subspace Optimization, 2021. With one block as wide as the
//   model it is the exact solution.
//
// Deterministic for a given seed, whatever the threads, on machines of the same vector width.
// Thread-safe: nothing is shared between calls.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "model/matrix.h"

namespace magpie {

enum class AlsSolver {
  kAutomatic,  // The cheaper one for these data by count of operations.
  kCholesky,
  kSubspace,
};

struct AlsParameters {
  std::size_t factors = 64;  // f, 1 to 1024.
  std::size_t iterations = 10;
  float regularization = 5.0F;
  float alpha = 1.0F;               // Confidence of weight r is 1 + alpha r.
  float frequency_exponent = 0.0F;  // nu: 0 plain regularisation, 1 proportional to the row's total confidence.
  AlsSolver solver = AlsSolver::kAutomatic;
  std::size_t block = 64;  // Factors solved together by the subspace solver; rounded up to a multiple of 16.
  std::size_t start_rounds = 2;  // Of kernels/als_start.h; 0 starts from random factors.
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

// The same objective in the form of Rendle et al.: observed cells of weight 1, all cells of `unobserved_weight` towards
// 0, reg_u = regularization * (unobserved_weight * items + count)^nu. Sets regularization, alpha and frequency_exponent
// of `parameters`; for weights of 1 the minimisers differ by a constant scale only.
[[nodiscard]] AlsParameters with_unobserved_weight(AlsParameters parameters, double unobserved_weight,
                                                   double regularization, double frequency_exponent);

struct AlsModel {
  Matrix user_factors;  // users x f
  Matrix item_factors;  // items x f
};

// done, of; called after each iteration.
using AlsProgress = std::function<void(std::size_t, std::size_t)>;

// `interactions`: users x items, positive weights.
[[nodiscard]] AlsModel train_als(const SparseMatrix& interactions, const AlsParameters& parameters,
                                 const AlsProgress& progress = {});

// The same from a model of these users and items: yesterday's, say.
[[nodiscard]] AlsModel continue_als(AlsModel start, const SparseMatrix& interactions, const AlsParameters& parameters,
                                    const AlsProgress& progress = {});

// f x f sum of outer products of the rows.
[[nodiscard]] Matrix gram(const Matrix& factors);

// The factors of one user given the items' (folding in): the same equations as one half-step of training, solved
// exactly. `items` index rows of item_factors; weights are positive; out has f floats.
void fold_in_user(const Matrix& item_factors, const Matrix& item_gram, std::span<const std::uint32_t> items,
                  std::span<const float> weights, const AlsParameters& parameters, std::span<float> out);

}  // namespace magpie

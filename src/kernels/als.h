// Implicit-feedback matrix factorisation by alternating least squares.
//
// Y. Hu, Y. Koren, C. Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008: minimises
// sum over (u,i) of c_ui (p_ui - x_u . y_i)^2 + reg_u |x_u|^2 + reg_i |y_i|^2, with confidence c = 1 + alpha r and
// preference p = 1 where r > 0. Regularisation may be scaled by (1 + alpha * row weight)^nu as in
// S. Rendle et al.: Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022.
// Each half-step solves f x f normal equations exactly (Cholesky). Deterministic for a given seed, whatever the
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "model/matrix.h"

namespace magpie {

struct AlsParameters {
  std::size_t factors = 64;
  std::size_t iterations = 10;
  float regularization = 5.0F;
  float alpha = 1.0F;               // Confidence of weight r is 1 + alpha r.
  float frequency_exponent = 0.0F;  // nu: 0 plain regularisation, 1 proportional to the row's weight.
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

struct AlsModel {
  Matrix user_factors;  // users x f
  Matrix item_factors;  // items x f
};

// `interactions`: users x items, positive weights. `progress(done, of)` is called after each iteration.
[[nodiscard]] AlsModel train_als(const SparseMatrix& interactions, const AlsParameters& parameters,
                                 const std::function<void(std::size_t, std::size_t)>& progress = {});

// f x f sum of outer products of the rows.
[[nodiscard]] Matrix gram(const Matrix& factors);

// The factors of one user given the items' (folding in): the same equations as one half-step of training.
// `items` index rows of item_factors; weights are positive; out has f floats.
void fold_in_user(const Matrix& item_factors, const Matrix& item_gram, std::span<const std::uint32_t> items,
                  std::span<const float> weights, const AlsParameters& parameters, std::span<float> out);

}  // namespace magpie

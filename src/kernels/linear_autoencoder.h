// Linear autoencoder of interactions: a full item-to-item weight matrix in closed form.
//
// With d the total weight of a user or item and X' = D_u^-a X D_i^-b the normalized interactions (users x items), the
// ridge regression of X' on itself has the precision matrix P = (X'^T X' / lambda + I)^-1, and the weight of item j
// given item i is
//     B_ij = -d_i^-b P_ij P_jj^-q d_j^c  for i != j,  B_jj = 0.
// A user's scores are d_u^-a times the sum of the rows B_i of what they know.
//
// a = b = c = 0, q = 1: EASE (H. Steck: Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019). b = c > 0 is
// its regularization scaled by frequency, as dropout has it (H. Steck: Autoencoders that don't overfit towards the
// Identity, NeurIPS 2020); q < 1 relaxes the zero diagonal (J. Moon et al.: It's Enough: Relaxing Diagonal Constraints
// in Linear Autoencoders for Recommendation, SIGIR 2023); a, and c < b, keep heavy users and popular items from
// deciding everything (S. Park et al.: Why is Normalization Necessary for Linear Recommenders?, SIGIR 2025).
//
// Cost: one inverse of order m = min(users, items): m^3 multiply-adds, m^2 / 2 floats (1.8 GB at m = 30,000). Beyond
// that three times the interactions, and 2 m + items floats a thread. Pure, thread-safe, the same whatever the number
// of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/ridge_precision.h"
#include "kernels/topk.h"
#include "model/matrix.h"

namespace magpie {

struct LinearAutoencoderParameters {
  float regularization = 10.0F;     // lambda > 0
  float user_exponent = 0.2F;       // a
  float item_exponent = 0.25F;      // b
  float diagonal_exponent = 1.0F;   // q, in [0, 1].
  float popularity_exponent = 0.1F; // c
  unsigned threads = 2;
};

class LinearAutoencoder {
 public:
  // `interactions`: users x items, positive weights, distinct items in a row.
  [[nodiscard]] static Result<LinearAutoencoder> fit(const SparseMatrix& interactions,
                                                     const LinearAutoencoderParameters& parameters);

  // A row per user (row of the interactions), a column per item: exact, from the whole of B.
  [[nodiscard]] Matrix scores(std::span<const std::uint32_t> users) const;

  // B cut to the `neighbours` largest positive weights of each row, descending, ties by ascending item: items x items.
  [[nodiscard]] SparseMatrix item_graph(std::size_t neighbours) const;

 private:
  LinearAutoencoder(RidgePrecision precision, const SparseMatrix& interactions,
                    const LinearAutoencoderParameters& parameters);

  void score(std::size_t user, std::span<float> out) const;
  [[nodiscard]] std::vector<ScoredRow> neighbours_of(std::size_t item, std::size_t count) const;

  RidgePrecision precision_;
  std::vector<float> item_scales_;  // d_i^-b
  std::vector<float> target_scales_;  // P_jj^-q d_j^c
  std::vector<float> diagonal_;  // P_jj
  unsigned threads_;
};

}  // namespace magpie

// Graph filter of interactions: what a user does not know yet, as the smooth part of the signal that they gave.
//
// With X' = D_u^-a X D_i^-b (users x items, d = total weight of a user or item), the items' similarity graph is X'^T
// X', and a signal x passes the linear filter X'^T X' and, with weight w, the ideal low-pass filter V V^T of its `rank`
// smoothest frequencies, V being the leading right singular vectors of X':
//     scores(u) = x'_u (X'^T X' + w V V^T) D_i^c.
// a = b = c = 1/2 is GF-CF (Y. Shen et al.: How Powerful is Graph Convolution for Recommendation?, CIKM 2021); BSPM
// (J. Choi et al.: Blurring-Sharpening Process Models for Collaborative Filtering, SIGIR 2023) starts from the same
// pair.
//
// For catalogues that are too large for the linear autoencoder: nothing quadratic is stored. Memory: three times the
// interactions, items x rank floats, and while fitting what randomized_svd takes.
// Pure, thread-safe, the same whatever the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/topk.h"
#include "model/matrix.h"

namespace magpie {

struct GraphFilterParameters {
  float user_exponent = 0.5F;  // a
  float item_exponent = 0.25F;  // b
  float popularity_exponent = 0.0F;  // c
  std::size_t rank = 256;  // 0: the linear filter alone.
  float low_pass_weight = 0.2F;  // w
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

class GraphFilter {
 public:
  // `interactions`: users x items, positive weights, distinct items in a row.
  [[nodiscard]] static GraphFilter fit(const SparseMatrix& interactions, const GraphFilterParameters& parameters);

  // A row per user (row of the interactions), a column per item.
  [[nodiscard]] Matrix scores(std::span<const std::uint32_t> users) const;

  // The filter as a matrix between items that share a user, without its diagonal, cut to the `neighbours` largest
  // positive weights of each row, descending, ties by ascending item: items x items. The row of i has the factor
  // d_i^-b, so that a user's scores are about the sum of the rows of what they know. Memory: one float per user, item
  // and thread.
  [[nodiscard]] SparseMatrix item_graph(std::size_t neighbours) const;

 private:
  GraphFilter(const SparseMatrix& interactions, const GraphFilterParameters& parameters);

  // Rows `first` and on of `result`, which are zero.
  void score(std::span<const std::uint32_t> users, Matrix& result, std::size_t first) const;
  // out += row X'^T X', with `row` a sparse row of items.
  void add_linear(std::span<const std::uint32_t> items, std::span<const float> weights, std::span<float> out) const;
  // out += row sqrt(w) V
  void add_projection(std::span<const std::uint32_t> items, std::span<const float> weights, std::span<float> out) const;
  [[nodiscard]] std::vector<ScoredRow> neighbours_of(std::uint32_t item, std::size_t count) const;

  SparseMatrix by_user_;  // X'
  SparseMatrix by_item_;
  Matrix low_pass_;  // sqrt(w) V
  std::vector<float> item_scales_;  // d_i^-b
  std::vector<float> target_scales_;  // d_i^c
  unsigned threads_;
};

}  // namespace magpie

// In-batch sampled softmax: the loss of retrieval models, over the items that happen to be in a batch.
//
// X. Yi et al.: Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations, RecSys 2019. The softmax
// over all items, loss = -s_p + ln sum_j exp(s_j) with s_j = scale * (user . item_j), is estimated from the columns of
// the batch: a column that is there with probability q stands for 1 / q items of its kind, so its logit counts
// s_j - ln q. What is surely there for one example counts as it is: its positive, which is never sampled (K.
// Khrylchenko et al.: Correcting the LogQ Correction, RecSys 2025), and its hard negatives, which are chosen. Items
// that an example must not learn to rank low, such as those that its user has, are masked.
//
// Pure and thread-safe. In double precision too, so that the gradient can be checked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/two_tower_gemm.h"

namespace magpie {

// Lists of indices, one after the other.
struct IndexLists {
  std::vector<std::uint64_t> offsets{0};  // lists + 1
  std::vector<std::uint32_t> indices;

  [[nodiscard]] std::size_t size() const { return offsets.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t list) const {
    return std::span(indices).subspan(offsets[list], offsets[list + 1] - offsets[list]);
  }
  // What was added to `indices` since the last call is one list.
  void close() { offsets.push_back(indices.size()); }
};

// Distinct columns of a batch. The first `log_probabilities.size()` were sampled and count for every example; those
// after them only for the examples that name them in `certain`.
struct SoftmaxColumns {
  std::vector<float> log_probabilities;  // ln of the probability that the column is among the sampled; <= 0.
  IndexLists certain;  // Per example its positive, then its hard negatives: distinct.
  IndexLists masked;  // Per example sampled columns that do not count, none of them certain.

  [[nodiscard]] std::size_t examples() const { return certain.size(); }
};

// A run of examples of a batch, so that several threads can share one.
template <typename Real>
struct SoftmaxGradient {
  RowMatrix<Real> users;  // d / d user vectors, a row an example of the run.
  RowMatrix<Real> items;  // d / d item vectors, all columns.
  Real log_scale = 0;  // d / d ln(scale)
};

// The sum of the losses of the examples [first, first + users.rows()), divided by the number of all examples; the
// gradient of that is overwritten. `items`: a row per column.
template <typename Real>
double sampled_softmax(const ConstRows<Real>& users, std::size_t first, const ConstRows<Real>& items,
                       const SoftmaxColumns& columns, Real scale, SoftmaxGradient<Real>& gradient);

}  // namespace magpie

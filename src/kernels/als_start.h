// Where ALS starts: item factors near the leading singular vectors of the degree-normalized interactions, by
// randomized subspace iteration (N. Halko, P. G. Martinsson, J. A. Tropp: Finding Structure with Randomness, SIAM
// Review 2011). A round costs 4 f multiply-adds an interaction, a small part of an iteration of ALS, and saves two of
// them; few rounds are better than convergence, which would leave nothing of the tail.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/matrix.h"

namespace magpie {

struct AlsStart {
  std::size_t factors = 64;
  std::size_t rounds = 2;  // 0: random factors.
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

// items x als_padded(factors), zero from `factors` on. `by_item` is the transpose of `by_user`.
[[nodiscard]] Matrix als_start(const SparseMatrix& by_user, const SparseMatrix& by_item, const AlsStart& start);

}  // namespace magpie

// The leading singular vectors of a large sparse matrix.
//
// Randomized subspace iteration: N. Halko, P. G. Martinsson, J. A. Tropp: Finding Structure with Randomness, SIAM
// Review 2011 (algorithm 4.4). Bases are made orthonormal by the eigenvectors of their Gram matrix, in double
// precision; directions of a relative size below 1e-6 are dropped, so that a matrix of lower rank gives fewer vectors,
// not wrong ones.
//
// Cost: 2 (iterations + 1) products with the matrix and as many Gram matrices of order rank + oversampling. Memory:
// twice (rows + columns) (rank + oversampling) floats. Pure, thread-safe; the same bytes for a seed whatever the number
// of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace magpie {

struct RandomizedSvdParameters {
  std::size_t rank = 256;
  std::size_t oversampling = 64;
  std::size_t iterations = 4;
  std::uint64_t seed = 42;
  unsigned threads = 2;
};

struct RightSingularVectors {
  std::vector<float> values;  // Descending; at most `rank`.
  Matrix vectors;  // columns of the matrix x values.size(), orthonormal columns.
};

[[nodiscard]] RightSingularVectors randomized_svd(const SparseMatrix& matrix,
                                                  const RandomizedSvdParameters& parameters);

}  // namespace magpie

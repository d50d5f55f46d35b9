// Products of a sparse and a dense matrix. Each row of the result is summed by one thread in the order of the sparse
// row: the same bytes whatever the number of threads. Pure and thread-safe.
#pragma once

#include "model/matrix.h"

namespace magpie {

// sparse (n x m) times dense (m x k): n x k.
[[nodiscard]] Matrix multiply(const SparseMatrix& sparse, const Matrix& dense, unsigned threads);

}  // namespace magpie

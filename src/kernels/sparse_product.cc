#include "kernels/sparse_product.h"

#include "kernels/parallel_for.h"

namespace magpie {

Matrix multiply(const SparseMatrix& sparse, const Matrix& dense, unsigned threads) {
  Matrix product(sparse.rows(), dense.columns);
  parallel_for(product.rows, threads, [&](std::size_t r) {
    const auto out = product.row(r);
    for (std::size_t i = sparse.offsets[r]; i < sparse.offsets[r + 1]; ++i) {
      const auto addend = dense.row(sparse.indices[i]);
      const float weight = sparse.values[i];
      for (std::size_t k = 0; k < out.size(); ++k) out[k] += weight * addend[k];
    }
  });
  return product;
}

}  // namespace magpie

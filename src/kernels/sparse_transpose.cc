#include "kernels/sparse_transpose.h"

#include <cstdint>

namespace magpie {

SparseMatrix transpose(const SparseMatrix& matrix) {
  SparseMatrix result;
  result.columns = matrix.rows();
  result.offsets.assign(matrix.columns + 1, 0);
  for (const std::uint32_t column : matrix.indices) ++result.offsets[column + 1];
  for (std::size_t row = 0; row < matrix.columns; ++row) result.offsets[row + 1] += result.offsets[row];
  result.indices.resize(matrix.indices.size());
  result.values.resize(matrix.values.size());
  std::vector<std::uint64_t> next(result.offsets.begin(), result.offsets.end() - 1);
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::uint64_t entry = matrix.offsets[row]; entry < matrix.offsets[row + 1]; ++entry) {
      const std::uint64_t to = next[matrix.indices[entry]]++;
      result.indices[to] = static_cast<std::uint32_t>(row);
      result.values[to] = matrix.values[entry];
    }
  }
  return result;
}

}  // namespace magpie

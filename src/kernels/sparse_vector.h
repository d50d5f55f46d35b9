// SparseVector: one row of a sparse matrix, by itself. Plain values; the functions are pure.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace magpie {

// Parallel; ascending indices.
struct SparseVector {
  std::vector<std::uint32_t> indices;
  std::vector<float> values;
};

inline void append_row(SparseMatrix& matrix, const SparseVector& row) {
  matrix.indices.insert(matrix.indices.end(), row.indices.begin(), row.indices.end());
  matrix.values.insert(matrix.values.end(), row.values.begin(), row.values.end());
  matrix.offsets.push_back(matrix.indices.size());
}

// Divides by the length; an empty vector stays as it is. Precondition: not all values are 0.
inline void scale_to_unit_length(SparseVector& vector) {
  float squares = 0;
  for (const float value : vector.values) squares += value * value;
  for (float& value : vector.values) value /= std::sqrt(squares);
}

}  // namespace magpie

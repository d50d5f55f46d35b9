#include "kernels/degree_normalization.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace magpie {

std::vector<float> row_degrees(const SparseMatrix& matrix) {
  std::vector<float> degrees(matrix.rows());
  for (std::size_t row = 0; row < degrees.size(); ++row) {
    const std::span<const float> values = matrix.row_values(row);
    degrees[row] = std::accumulate(values.begin(), values.end(), 0.0F);
  }
  return degrees;
}

std::vector<float> column_degrees(const SparseMatrix& matrix) {
  std::vector<float> degrees(matrix.columns);
  for (std::size_t i = 0; i < matrix.indices.size(); ++i) degrees[matrix.indices[i]] += matrix.values[i];
  return degrees;
}

std::vector<float> degree_powers(std::span<const float> degrees, float exponent) {
  std::vector<float> powers(degrees.size());
  for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = degrees[i] > 0 ? std::pow(degrees[i], exponent) : 0;
  return powers;
}

SparseMatrix scale(SparseMatrix matrix, std::span<const float> row_scales, std::span<const float> column_scales) {
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
      matrix.values[i] *= row_scales[row] * column_scales[matrix.indices[i]];
    }
  }
  return matrix;
}

SparseMatrix normalize_degrees(const SparseMatrix& matrix, float row_exponent, float column_exponent) {
  return scale(matrix, degree_powers(row_degrees(matrix), -row_exponent),
               degree_powers(column_degrees(matrix), -column_exponent));
}

}  // namespace magpie

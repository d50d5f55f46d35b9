// Interactions normalized by how much their user and their item have of them: X'_ui = d_u^-a X_ui d_i^-b, with the
// degree d the total weight of a row or column. a = b = 1/2 is the symmetric normalization of graph convolution. Pure
// and thread-safe.
#pragma once

#include <span>
#include <vector>

#include "model/matrix.h"

namespace magpie {

// Total weight of each row, of each column.
[[nodiscard]] std::vector<float> row_degrees(const SparseMatrix& matrix);
[[nodiscard]] std::vector<float> column_degrees(const SparseMatrix& matrix);

// degree^exponent; 0 where the degree is 0, whatever the exponent: what nobody touched takes part in nothing.
[[nodiscard]] std::vector<float> degree_powers(std::span<const float> degrees, float exponent);

// diag(row_scales) matrix diag(column_scales)
[[nodiscard]] SparseMatrix scale(SparseMatrix matrix, std::span<const float> row_scales,
                                 std::span<const float> column_scales);

// The normalization above, with a = row_exponent and b = column_exponent.
[[nodiscard]] SparseMatrix normalize_degrees(const SparseMatrix& matrix, float row_exponent, float column_exponent);

}  // namespace magpie

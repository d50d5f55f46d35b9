// Dense row-major and compressed sparse row matrices: the shapes that models are made of.
// Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace magpie {

// rows x columns floats; a row is contiguous.
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), values(row_count * column_count) {}
  [[nodiscard]] std::span<const float> row(std::size_t r) const { return {values.data() + r * columns, columns}; }
  [[nodiscard]] std::span<float> row(std::size_t r) { return {values.data() + r * columns, columns}; }
  friend bool operator==(const Matrix&, const Matrix&) = default;
};

// Rows of (column, value). What the columns are, and their order within a row, is said by the owner.
struct SparseMatrix {
  std::size_t columns = 0;
  std::vector<std::uint64_t> offsets{0};  // rows + 1 of them, ascending.
  std::vector<std::uint32_t> indices;
  std::vector<float> values;

  [[nodiscard]] std::size_t rows() const { return offsets.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> row_indices(std::size_t r) const {
    return {indices.data() + offsets[r], offsets[r + 1] - offsets[r]};
  }
  [[nodiscard]] std::span<const float> row_values(std::size_t r) const {
    return {values.data() + offsets[r], offsets[r + 1] - offsets[r]};
  }
  friend bool operator==(const SparseMatrix&, const SparseMatrix&) = default;
};

}  // namespace magpie

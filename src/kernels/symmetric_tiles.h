// Symmetric matrices too large to hold twice, and their inverse in place.
//
// Only the lower triangle is kept, in square tiles that lie contiguous in memory: about half of the full matrix, n(n +
// T)/2 floats for n rows and tiles of T. What pads the last tile is never seen. Thread-safety: a plain value.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/status.h"

namespace magpie {

class SymmetricTiles {
 public:
  static constexpr std::size_t kTile = 256;

  // All zero.
  explicit SymmetricTiles(std::size_t size, std::size_t tile = kTile);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t tile_size() const { return tile_; }
  [[nodiscard]] std::size_t tiles() const { return tiles_; }  // In a row.

  // The element (i, j) and thereby (j, i).
  [[nodiscard]] float& at(std::size_t i, std::size_t j) { return values_[position(i, j)]; }
  [[nodiscard]] float at(std::size_t i, std::size_t j) const { return values_[position(i, j)]; }
  // Row i, which is column i. `out`: size() floats.
  void copy_row(std::size_t i, std::span<float> out) const;

  // The tile of tile row `i` and tile column `j` <= i, row-major. On the diagonal its lower triangle counts.
  [[nodiscard]] float* tile(std::size_t i, std::size_t j) { return values_.data() + offset(i, j); }
  [[nodiscard]] const float* tile(std::size_t i, std::size_t j) const { return values_.data() + offset(i, j); }

 private:
  [[nodiscard]] std::size_t offset(std::size_t i, std::size_t j) const { return (i * (i + 1) / 2 + j) * tile_ * tile_; }
  [[nodiscard]] std::size_t position(std::size_t i, std::size_t j) const;

  std::size_t size_;
  std::size_t tile_;
  std::size_t tiles_;
  std::vector<float> values_;
};

// Replaces a positive definite matrix by its inverse, through its Cholesky factor: n^3 multiply-adds, no memory beside
// the matrix. The same bytes whatever the number of threads. Fails with kInvalidArgument, leaving `matrix` unspecified,
// where a pivot is not positive (not positive definite in single precision).
//
// The tile algorithms are those of A. Buttari, J. Langou, J. Kurzak, J. Dongarra: A class of parallel tiled linear
// algebra algorithms for multicore architectures, Parallel Computing 2009.
[[nodiscard]] Status invert(SymmetricTiles& matrix, unsigned threads);

}  // namespace magpie

#include "kernels/symmetric_tiles.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <utility>

#include "kernels/gemm.h"
#include "kernels/parallel_for.h"

namespace magpie {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Tile = Eigen::Map<RowMajor>;

// The steps on tiles. In each phase a tile is written by one piece of work, which reads tiles that nobody writes: so
// the order within a phase does not matter, and a tile sees the same operations on any number of threads.
//
// Diagonal tiles of the factor are held as their inverses, with zeros above the diagonal: what else divides by them is
// then a product.
class TileInverse {
 public:
  TileInverse(SymmetricTiles& matrix, unsigned threads)
      : matrix_(matrix), threads_(threads), tiles_(matrix.tiles()), size_(matrix.tile_size()) {}

  // A = L L^T. False where a pivot is not positive.
  [[nodiscard]] bool factorize() {
    for (std::size_t k = 0; k < tiles_; ++k) {
      if (!factorize_diagonal(k)) return false;
      for_each(k + 1, tiles_, [&](std::size_t i) { multiply_in_place(i, k, 1, old_tile(), turned(k, k)); });
      for_each_pair(k + 1, tiles_, [&](std::size_t i, std::size_t j) { add(i, j, -1, tile(i, k), turned(j, k)); });
    }
    return true;
  }

  // L := M = L^-1
  void invert_factor() {
    for (std::size_t k = 0; k < tiles_; ++k) {
      for_each(k + 1, tiles_, [&](std::size_t i) { multiply_in_place(i, k, -1, old_tile(), tile(k, k)); });
      for_each(k + 1, tiles_, [&](std::size_t i) {
        for (std::size_t j = 0; j < k; ++j) add(i, j, 1, tile(i, k), tile(k, j));
      });
      for_each(0, k, [&](std::size_t j) { multiply_in_place(k, j, 1, tile(k, k), old_tile()); });
    }
  }

  // M := M^T M, the inverse of A.
  void multiply_by_transpose() {
    for (std::size_t k = 0; k < tiles_; ++k) {
      for_each_pair(0, k, [&](std::size_t i, std::size_t j) { add(i, j, 1, turned(k, i), tile(k, j)); });
      for_each(0, k, [&](std::size_t j) { multiply_in_place(k, j, 1, turned(k, k), old_tile()); });
      square_diagonal(k);
    }
  }

 private:
  [[nodiscard]] GemmOperand tile(std::size_t i, std::size_t j) const { return {matrix_.tile(i, j), size_}; }
  [[nodiscard]] GemmOperand turned(std::size_t i, std::size_t j) const {
    return {matrix_.tile(i, j), size_, Transposed::kYes};
  }
  // Stands for what multiply_in_place() replaces.
  [[nodiscard]] GemmOperand old_tile() const { return {nullptr, size_}; }

  template <typename Work>
  void for_each(std::size_t first, std::size_t last, const Work& work) const {
    if (first < last) parallel_for(last - first, threads_, [&](std::size_t i) { work(first + i); });
  }

  // work(i, j) for first <= j <= i < last; long rows first, so that no thread is left with one at the end.
  template <typename Work>
  void for_each_pair(std::size_t first, std::size_t last, const Work& work) const {
    for_each(first, last, [&](std::size_t from_end) {
      const std::size_t i = first + last - 1 - from_end;
      for (std::size_t j = first; j <= i; ++j) work(i, j);
    });
  }

  // A_ij += scale * left * right
  void add(std::size_t i, std::size_t j, float scale, const GemmOperand& left, const GemmOperand& right) {
    add_product({size_, size_, size_}, scale, left, right, matrix_.tile(i, j), size_);
  }

  // A_ij := scale * left * right, one of which is old_tile().
  void multiply_in_place(std::size_t i, std::size_t j, float scale, GemmOperand left, GemmOperand right) {
    float* const values = matrix_.tile(i, j);
    const std::vector<float> before(values, values + size_ * size_);
    for (GemmOperand* operand : {&left, &right}) {
      if (operand->values == nullptr) operand->values = before.data();
    }
    std::fill_n(values, size_ * size_, 0.0F);
    add(i, j, scale, left, right);
  }

  [[nodiscard]] Tile diagonal(std::size_t k) {
    const auto size = static_cast<Eigen::Index>(size_);
    return {matrix_.tile(k, k), size, size};
  }

  [[nodiscard]] bool factorize_diagonal(std::size_t k) {
    Tile block = diagonal(k);
    const Eigen::LLT<RowMajor> factorization(block);
    if (factorization.info() != Eigen::Success) return false;
    block.setIdentity();
    factorization.matrixL().solveInPlace(block);
    return true;
  }

  void square_diagonal(std::size_t k) {
    Tile block = diagonal(k);
    const RowMajor factor = block;
    block.noalias() = factor.transpose() * factor;
  }

  SymmetricTiles& matrix_;
  unsigned threads_;
  std::size_t tiles_;
  std::size_t size_;
};

// The padding becomes a block of its own, with the identity in it: it changes nothing else.
void pad_with_identity(SymmetricTiles& matrix) {
  const std::size_t tile_size = matrix.tile_size();
  for (std::size_t i = matrix.size(); i < matrix.tiles() * tile_size; ++i) matrix.at(i, i) = 1;
}

}  // namespace

SymmetricTiles::SymmetricTiles(std::size_t size, std::size_t tile)
    : size_(size), tile_(tile), tiles_((size + tile - 1) / tile), values_(offset(tiles_, 0)) {}

std::size_t SymmetricTiles::position(std::size_t i, std::size_t j) const {
  if (i < j) std::swap(i, j);
  return offset(i / tile_, j / tile_) + i % tile_ * tile_ + j % tile_;
}

void SymmetricTiles::copy_row(std::size_t i, std::span<float> out) const {
  const float* const row = values_.data() + position(i, 0);
  const std::size_t begin_of_tile = i / tile_ * tile_;
  for (std::size_t j = 0; j < begin_of_tile; ++j) out[j] = row[j / tile_ * tile_ * tile_ + j % tile_];
  for (std::size_t j = begin_of_tile; j < size_; ++j) out[j] = at(i, j);
}

Status invert(SymmetricTiles& matrix, unsigned threads) {
  pad_with_identity(matrix);
  TileInverse steps(matrix, threads);
  if (!steps.factorize()) return invalid_argument("matrix", "is not positive definite in single precision");
  steps.invert_factor();
  steps.multiply_by_transpose();
  return {};
}

}  // namespace magpie

#include "kernels/ridge_precision.h"

#include <algorithm>
#include <utility>

#include "kernels/parallel_for.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

// What rounding may make of a diagonal element that is positive by its nature.
constexpr float kLeastDiagonal = 1e-6F;

// rows rows^T + lambda I. `columns` is the transpose of `rows`; its rows are in ascending order.
SymmetricTiles regularized_gram(const SparseMatrix& rows, const SparseMatrix& columns, float lambda, unsigned threads) {
  SymmetricTiles gram(rows.rows());
  parallel_for(rows.rows(), threads, [&](std::size_t row) {
    for (std::size_t i = rows.offsets[row]; i < rows.offsets[row + 1]; ++i) {
      const auto others = columns.row_indices(rows.indices[i]);
      const auto values = columns.row_values(rows.indices[i]);
      for (std::size_t k = 0; k < others.size() && others[k] <= row; ++k) {
        gram.at(row, others[k]) += rows.values[i] * values[k];
      }
    }
    gram.at(row, row) += lambda;
  });
  return gram;
}

// sum over the entries of a sparse row of value * dense[index]
float dot(const SparseMatrix& matrix, std::size_t row, std::span<const float> dense) {
  float sum = 0;
  for (std::size_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
    sum += matrix.values[i] * dense[matrix.indices[i]];
  }
  return sum;
}

// The sparse row times a symmetric matrix.
std::vector<float> multiply(const SparseMatrix& matrix, std::size_t row, const SymmetricTiles& symmetric) {
  std::vector<float> sum(symmetric.size());
  std::vector<float> addend(symmetric.size());
  for (std::size_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
    symmetric.copy_row(matrix.indices[i], addend);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += matrix.values[i] * addend[k];
  }
  return sum;
}

}  // namespace

RidgePrecision::RidgePrecision(SparseMatrix by_user, SparseMatrix by_item, float lambda, SymmetricTiles inverse)
    : by_user_(std::move(by_user)), by_item_(std::move(by_item)), lambda_(lambda), inverse_(std::move(inverse)) {}

Result<RidgePrecision> RidgePrecision::make(SparseMatrix interactions, float lambda, unsigned threads) {
  if (!(lambda > 0)) return invalid_argument("regularization", "must be positive");
  SparseMatrix by_item = transpose(interactions);
  const bool dual = interactions.rows() < by_item.rows();
  auto gram = dual ? regularized_gram(interactions, by_item, lambda, threads)
                   : regularized_gram(by_item, transpose(by_item), lambda, threads);
  if (const Status status = invert(gram, threads); !status.ok()) {
    return invalid_argument("regularization", "is too small for single precision");
  }
  return RidgePrecision(std::move(interactions), std::move(by_item), lambda, std::move(gram));
}

std::vector<float> RidgePrecision::diagonal(unsigned threads) const {
  std::vector<float> result(by_item_.rows());
  parallel_for(result.size(), threads, [&](std::size_t item) {
    const float value = dual() ? dual_diagonal(item) : lambda_ * inverse_.at(item, item);
    result[item] = std::clamp(value, kLeastDiagonal, 1.0F);
  });
  return result;
}

// 1 - x^T K^-1 x, with x the item's column.
float RidgePrecision::dual_diagonal(std::size_t item) const {
  const auto users = by_item_.row_indices(item);
  const auto values = by_item_.row_values(item);
  double sum = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    double below = 0;  // The matrix is symmetric: what is below the diagonal counts twice.
    for (std::size_t k = 0; k < i; ++k) below += inverse_.at(users[i], users[k]) * values[k];
    sum += values[i] * (2 * below + inverse_.at(users[i], users[i]) * values[i]);
  }
  return static_cast<float>(1 - sum);
}

void RidgePrecision::user_product(std::size_t user, std::span<float> out) const {
  std::vector<float> row(inverse_.size());
  if (dual()) {
    inverse_.copy_row(user, row);
    for (std::size_t item = 0; item < out.size(); ++item) out[item] = lambda_ * dot(by_item_, item, row);
  } else {
    row = multiply(by_user_, user, inverse_);
    for (std::size_t item = 0; item < out.size(); ++item) out[item] = lambda_ * row[item];
  }
}

void RidgePrecision::item_row(std::size_t item, std::span<float> out) const {
  if (dual()) {
    const std::vector<float> row = multiply(by_item_, item, inverse_);
    for (std::size_t other = 0; other < out.size(); ++other) out[other] = -dot(by_item_, other, row);
    out[item] += 1;
  } else {
    inverse_.copy_row(item, out);
    for (float& value : out) value *= lambda_;
  }
}

}  // namespace magpie

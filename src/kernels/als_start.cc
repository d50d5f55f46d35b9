#include "kernels/als_start.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "kernels/als_dense.h"
#include "kernels/als_fixed_side.h"
#include "kernels/degree_normalization.h"
#include "kernels/parallel_for.h"

namespace magpie {
namespace {

// Of the degrees in the normalization, chosen on validation splits of gowalla and of synthetic data.
constexpr float kUserExponent = 0.5F;
constexpr float kItemExponent = 0.4F;
// Root mean square of the entries of the longest column of factors; and of all, where they are random.
constexpr double kDeviation = 0.1;
constexpr std::size_t kRun = 64;

// A well mixed function of a counter (G. Steele, D. Lea, C. Flood: Fast Splittable Pseudorandom Number Generators,
// OOPSLA 2014): each factor is drawn by its own place, so the order of drawing does not matter.
std::uint64_t mixed(std::uint64_t counter) {
  counter = (counter ^ (counter >> 30)) * 0xbf58476d1ce4e5b9U;
  counter = (counter ^ (counter >> 27)) * 0x94d049bb133111ebU;
  return counter ^ (counter >> 31);
}

Matrix random_factors(std::size_t rows, const AlsStart& start) {
  constexpr double kSpread = 2 * kDeviation * 1.7320508075688772;  // Of a uniform distribution of that deviation.
  Matrix factors(rows, als_padded(start.factors));
  parallel_for_with(rows, kRun, start.threads, [&] {
    return [&](std::size_t row) {
      for (std::size_t k = 0; k < start.factors; ++k) {
        const std::uint64_t place = mixed(start.seed) + row * start.factors + k;
        const double uniform = static_cast<double>(mixed(place * 0x9e3779b97f4a7c15U) >> 11) * 0x1p-53;
        factors.row(row)[k] = static_cast<float>(kSpread * (uniform - 0.5));
      }
    };
  });
  return factors;
}

void scale(std::span<float> values, float factor) {
  for (float& value : values) value *= factor;
}

void scale_rows(Matrix& matrix, std::span<const float> scales) {
  for (std::size_t row = 0; row < matrix.rows; ++row) scale(matrix.row(row), scales[row]);
}

// diag(scales) * sparse * dense
Matrix scaled_product(const SparseMatrix& sparse, const Matrix& dense, std::span<const float> scales,
                      unsigned threads) {
  Matrix product(sparse.rows(), dense.columns);
  parallel_for_with(sparse.rows(), kRun, threads, [&] {
    return [&](std::size_t row) {
      const std::span<float> out = product.row(row);
      als_add_weighted({dense.values.data(), dense.columns}, dense.columns, sparse.row_indices(row),
                       sparse.row_values(row).data(), out.data());
      scale(out, scales[row]);
    };
  });
  return product;
}

// Turns the columns into orthogonal ones of length `length` * (singular value / largest)^exponent.
void orthogonalize(Matrix& basis, const AlsStart& start, double length, double exponent) {
  const AlsFixedSide side(basis, start.factors, true, start.threads);
  const std::span<const float> squares = side.view().spectrum.first(start.factors);
  std::vector<float> scales(basis.columns);
  for (std::size_t k = 0; k < start.factors; ++k) {
    const auto square = static_cast<double>(squares[k]);
    const double relative = square / static_cast<double>(squares.back());
    scales[k] = static_cast<float>(length / std::sqrt(square) * std::pow(relative, exponent / 2));
  }
  for (std::size_t row = 0; row < basis.rows; ++row) {
    std::ranges::transform(basis.row(row), scales, basis.row(row).begin(), std::multiplies());
  }
}

}  // namespace

Matrix als_start(const SparseMatrix& by_user, const SparseMatrix& by_item, const AlsStart& start) {
  Matrix items = random_factors(by_item.rows(), start);
  if (start.rounds == 0 || items.rows == 0) return items;
  const std::vector<float> user_scales = degree_powers(row_degrees(by_user), -2 * kUserExponent);
  const std::vector<float> item_scales = degree_powers(row_degrees(by_item), -kItemExponent);
  for (std::size_t round = 0; round < start.rounds; ++round) {
    if (round > 0) orthogonalize(items, start, 1, 0);
    scale_rows(items, item_scales);
    const Matrix users = scaled_product(by_user, items, user_scales, start.threads);
    items = scaled_product(by_item, users, item_scales, start.threads);
  }
  // A round squares the singular values of the data: a root of them keeps the leading ones from drowning the rest.
  orthogonalize(items, start, kDeviation * std::sqrt(static_cast<double>(items.rows)), 0.5);
  return items;
}

}  // namespace magpie

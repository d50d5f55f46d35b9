// Small dense linear algebra of the ALS half-steps, in the widest vector instructions of the machine that runs
// (Highway's run-time dispatch). Row-major floats.
//
// Widths and strides are multiples of kAlsLanes, so that no routine has a remainder; who calls pads with zeros, and
// with ones on the diagonal of a system. Of symmetric matrices only the upper triangle is read; below it, parts of what
// is written mean nothing. No alignment is asked for. Pure and thread-safe: the same input gives the same bytes on
// machines of the same vector width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace magpie {

inline constexpr std::size_t kAlsLanes = 16;

[[nodiscard]] constexpr std::size_t als_padded(std::size_t width) {
  return (width + kAlsLanes - 1) / kAlsLanes * kAlsLanes;
}

// A view of a matrix whose rows begin `stride` floats apart.
struct DenseView {
  float* values = nullptr;
  std::size_t stride = 0;
};
struct ConstDenseView {
  const float* values = nullptr;
  std::size_t stride = 0;
  ConstDenseView(const float* first, std::size_t row_stride) : values(first), stride(row_stride) {}
  ConstDenseView(const DenseView& view) : values(view.values), stride(view.stride) {}  // NOLINT: a view of a view.
};

// sum = start + rows^T rows, upper triangle; `rows` is count x width. `sum` may be `start`.
void als_add_gram(ConstDenseView rows, std::size_t count, std::size_t width, ConstDenseView start, DenseView sum);

// Solves A x = b for a symmetric positive semi-definite A, by Cholesky's factorisation A = U^T U in place.
// `system` is size x (size + kAlsLanes): A's upper triangle, then b in column `size`, then zeros; it is overwritten.
// Directions in which A is singular to working precision stay 0 in `x` (size floats).
void als_solve(DenseView system, std::size_t size, float* x);

// out row i = scales[i] * rows[indices[i]]; the rows are `width` floats, any number.
void als_gather(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* scales,
                DenseView out);

// out = diag(column_scales) * transpose of what als_gather gives: width x padded count; the padding is zero.
void als_gather_transposed(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices,
                           const float* scales, const float* column_scales, DenseView out);

// inverse[k] = 1 / (diagonal[k] + shift), and its square root.
void als_invert(const float* diagonal, std::size_t width, float shift, float* inverse, float* inverse_root);

// Asks for rows[indices[i]] to be in the cache soon, as many as are worth it.
void als_prefetch(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices);

// sum += sum over i of weights[i] * rows[indices[i]].
void als_add_weighted(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices,
                      const float* weights, float* sum);

// out[i] = rows[indices[i]] . vector
void als_dot(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* vector,
             float* out);

}  // namespace magpie

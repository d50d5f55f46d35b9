#include "kernels/gemm.h"

#include <algorithm>
#include <memory>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm.cc"
#include <hwy/foreach_target.h>  // Compiles what follows once for each instruction set.

// After it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace magpie::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::CappedTag<float, 16> kLanes;
using Vector = hn::Vec<decltype(kLanes)>;
constexpr std::size_t N = hn::MaxLanes(kLanes);

// A tile of the result is kept in registers: 24 of the 32 of AVX-512, 12 of the 16 of older sets.
constexpr std::size_t kTileRows = N == 16 ? 12 : 6;
constexpr std::size_t kTileVectors = 2;
constexpr std::size_t kTileColumns = kTileVectors * N;

// What is packed at once: a panel of the left operand stays in the second-level cache, one of the right beside it.
constexpr std::size_t kPanelRows = 96;
constexpr std::size_t kPanelColumns = 256;
constexpr std::size_t kDepth = 256;
static_assert(kPanelRows % kTileRows == 0 && kPanelColumns % kTileColumns == 0);

// Element (row, column) of what an operand stands for.
HWY_INLINE float element(const GemmOperand& operand, std::size_t row, std::size_t column) {
  return operand.transposed == Transposed::kYes ? operand.values[column * operand.stride + row]
                                                : operand.values[row * operand.stride + column];
}

GemmOperand transposed(GemmOperand operand) {
  operand.transposed = operand.transposed == Transposed::kYes ? Transposed::kNo : Transposed::kYes;
  return operand;
}

// Columns [first, first + count) of rows [from, from + depth), in strips of `width` columns; a strip holds its rows one
// after the other, the last strip is filled up with zeros.
template <std::size_t width>
void pack(const GemmOperand& operand, std::size_t from, std::size_t depth, std::size_t first, std::size_t count,
          float* packed) {
  for (std::size_t begin = 0; begin < count; begin += width) {
    const std::size_t columns = HWY_MIN(width, count - begin);
    for (std::size_t k = 0; k < depth; ++k, packed += width) {
      for (std::size_t c = 0; c < columns; ++c) packed[c] = element(operand, from + k, first + begin + c);
      std::fill(packed + columns, packed + width, 0.0F);
    }
  }
}

template <std::size_t... v>
HWY_INLINE void add_row(Vector left, const Vector* right, Vector* sums, std::index_sequence<v...>) {
  ((sums[v] = hn::MulAdd(left, right[v], sums[v])), ...);
}

// Unrolled by fold expressions: only then does the array of sums live in registers.
template <std::size_t... r>
HWY_INLINE void add_step(const float* left, const float* right, Vector* sums, std::index_sequence<r...>) {
  const Vector columns[kTileVectors] = {hn::LoadU(kLanes, right), hn::LoadU(kLanes, right + N)};
  (add_row(hn::Set(kLanes, left[r]), columns, sums + r * kTileVectors, std::make_index_sequence<kTileVectors>()), ...);
}

template <std::size_t... i>
HWY_INLINE void clear(Vector* sums, std::index_sequence<i...>) {
  ((sums[i] = hn::Zero(kLanes)), ...);
}

template <std::size_t... i>
HWY_INLINE void add_to(float* out, std::size_t stride, Vector scale, const Vector* sums, std::index_sequence<i...>) {
  const auto add = [&](Vector sum, float* to)
                       HWY_ATTR { hn::StoreU(hn::MulAdd(scale, sum, hn::LoadU(kLanes, to)), kLanes, to); };
  (add(sums[i], out + i / kTileVectors * stride + i % kTileVectors * N), ...);
}

// out += scale * strip of the left panel * strip of the right panel
HWY_INLINE void multiply_strips(const float* left, const float* right, std::size_t depth, float scale, float* out,
                                std::size_t stride) {
  constexpr auto kAll = std::make_index_sequence<kTileRows * kTileVectors>();
  Vector sums[kTileRows * kTileVectors];
  clear(sums, kAll);
  for (std::size_t k = 0; k < depth; ++k) {
    add_step(left + k * kTileRows, right + k * kTileColumns, sums, std::make_index_sequence<kTileRows>());
  }
  add_to(out, stride, hn::Set(kLanes, scale), sums, kAll);
}

// A tile at the edge of the result, by way of a whole one.
void multiply_edge(const float* left, const float* right, std::size_t depth, float scale, float* out,
                   std::size_t stride, std::size_t rows, std::size_t columns) {
  HWY_ALIGN float whole[kTileRows * kTileColumns] = {};
  multiply_strips(left, right, depth, scale, whole, kTileColumns);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) out[r * stride + c] += whole[r * kTileColumns + c];
  }
}

void multiply_panels(const float* left, std::size_t rows, const float* right, std::size_t columns, std::size_t depth,
                     float scale, float* out, std::size_t stride) {
  for (std::size_t c = 0; c < columns; c += kTileColumns) {
    for (std::size_t r = 0; r < rows; r += kTileRows) {
      float* const to = out + r * stride + c;
      if (r + kTileRows <= rows && c + kTileColumns <= columns) {
        multiply_strips(left + r * depth, right + c * depth, depth, scale, to, stride);
      } else {
        multiply_edge(left + r * depth, right + c * depth, depth, scale, to, stride, HWY_MIN(kTileRows, rows - r),
                      HWY_MIN(kTileColumns, columns - c));
      }
    }
  }
}

}  // namespace

void add_product_here(const GemmShape& shape, float scale, const GemmOperand& left, const GemmOperand& right,
                      float* out, std::size_t out_stride) {
  const auto left_panel = std::make_unique_for_overwrite<float[]>(kPanelRows * kDepth);
  const auto right_panel = std::make_unique_for_overwrite<float[]>(kPanelColumns * kDepth);
  for (std::size_t k = 0; k < shape.inner; k += kDepth) {
    const std::size_t depth = HWY_MIN(kDepth, shape.inner - k);
    for (std::size_t c = 0; c < shape.columns; c += kPanelColumns) {
      const std::size_t columns = HWY_MIN(kPanelColumns, shape.columns - c);
      pack<kTileColumns>(right, k, depth, c, columns, right_panel.get());
      for (std::size_t r = 0; r < shape.rows; r += kPanelRows) {
        const std::size_t rows = HWY_MIN(kPanelRows, shape.rows - r);
        pack<kTileRows>(transposed(left), k, depth, r, rows, left_panel.get());
        multiply_panels(left_panel.get(), rows, right_panel.get(), columns, depth, scale, out + r * out_stride + c,
                        out_stride);
      }
    }
  }
}

}  // namespace magpie::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace magpie {

HWY_EXPORT(add_product_here);

void add_product(const GemmShape& shape, float scale, const GemmOperand& left, const GemmOperand& right, float* out,
                 std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(add_product_here)(shape, scale, left, right, out, out_stride);
}

}  // namespace magpie
#endif

#include "kernels/als_dense.h"

#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/als_dense.cc"
#include <hwy/foreach_target.h>  // Compiles what follows once for each instruction set.

// After it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace magpie::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::CappedTag<float, kAlsLanes>;
using Vector = hn::Vec<Lanes>;

constexpr Lanes kLanes;
constexpr std::size_t N = hn::MaxLanes(kLanes);
static_assert(kAlsLanes % N == 0);

// A tile of the result is kept in registers: 16 of the 32 of AVX-512, 8 of the 16 of older sets.
constexpr std::size_t kTileRows = N == 16 ? 8 : 4;
constexpr std::size_t kTileVectors = 2;

template <std::size_t count>
using Sequence = std::make_index_sequence<count>;
template <std::size_t count>
using Registers = Vector[count];

template <bool subtract>
HWY_INLINE Vector accumulate(Vector a, Vector b, Vector sum) {
  return subtract ? hn::NegMulAdd(a, b, sum) : hn::MulAdd(a, b, sum);
}

HWY_INLINE ConstDenseView at(ConstDenseView view, std::size_t row, std::size_t column) {
  return {view.values + row * view.stride + column, view.stride};
}
HWY_INLINE DenseView at(DenseView view, std::size_t row, std::size_t column) {
  return {view.values + row * view.stride + column, view.stride};
}

// Loops are unrolled by fold expressions over index sequences: only then do the arrays live in registers.

template <bool subtract, std::size_t... v>
HWY_INLINE void tile_row(Vector left, const Vector* right, Vector* sums, std::index_sequence<v...>) {
  ((sums[v] = accumulate<subtract>(left, right[v], sums[v])), ...);
}

template <bool subtract, std::size_t vectors, std::size_t... r>
HWY_INLINE void tile_step(const float* left, const float* right, Vector* sums, std::index_sequence<r...>) {
  Registers<vectors> b;
  for (std::size_t v = 0; v < vectors; ++v) b[v] = hn::LoadU(kLanes, right + v * N);
  (tile_row<subtract>(hn::Set(kLanes, left[r]), b, sums + r * vectors, Sequence<vectors>()), ...);
}

template <std::size_t vectors, std::size_t... i>
HWY_INLINE void load_tile(ConstDenseView from, Vector* sums, std::index_sequence<i...>) {
  ((sums[i] = hn::LoadU(kLanes, from.values + i / vectors * from.stride + i % vectors * N)), ...);
}

template <std::size_t vectors, std::size_t... i>
HWY_INLINE void store_tile(const Vector* sums, DenseView to, std::index_sequence<i...>) {
  (hn::StoreU(sums[i], kLanes, to.values + i / vectors * to.stride + i % vectors * N), ...);
}

// The tile at (row, column): to = from +- sum over k < depth of rows(k, row + r) rows(k, column + c).
template <bool subtract, std::size_t vectors>
HWY_INLINE void tile(ConstDenseView rows, std::size_t depth, std::size_t row, std::size_t column, ConstDenseView from,
                     DenseView to) {
  constexpr Sequence<kTileRows * vectors> all;
  Registers<kTileRows * vectors> sums;
  load_tile<vectors>(at(from, row, column), sums, all);
  for (std::size_t k = 0; k < depth; ++k) {
    const float* values = rows.values + k * rows.stride;
    tile_step<subtract, vectors>(values + row, values + column, sums, Sequence<kTileRows>());
  }
  store_tile<vectors>(sums, at(to, row, column), all);
}

// Rows [first, size) of the upper triangle, and what stands to its right up to `width`.
template <bool subtract>
HWY_INLINE void update_upper(ConstDenseView rows, std::size_t depth, std::size_t first, std::size_t size,
                             std::size_t width, ConstDenseView from, DenseView to) {
  for (std::size_t row = first; row < size; row += kTileRows) {
    std::size_t column = row / N * N;
    for (; column + kTileVectors * N <= width; column += kTileVectors * N) {
      tile<subtract, kTileVectors>(rows, depth, row, column, from, to);
    }
    for (; column < width; column += N) tile<subtract, 1>(rows, depth, row, column, from, to);
  }
}

void add_gram(ConstDenseView rows, std::size_t count, std::size_t width, ConstDenseView start, DenseView sum) {
  update_upper<false>(rows, count, 0, width, width, start, sum);
}

// What one panel of N rows leaves for the columns to its right.
struct Panel {
  HWY_ALIGN float ratios[N * N];  // (p, q), q > p: how much of row p is taken from row q.
  HWY_ALIGN float inverses[N];    // 1 / pivot, or 0.
  HWY_ALIGN float roots[N];       // Their square roots.
};

template <std::size_t p, std::size_t... q>
HWY_INLINE void eliminate(const Panel& panel, Vector* x, std::index_sequence<q...>) {
  ((x[p + 1 + q] = hn::NegMulAdd(hn::Set(kLanes, panel.ratios[p * N + p + 1 + q]), x[p], x[p + 1 + q])), ...);
}

template <std::size_t... p>
HWY_INLINE void eliminate_all(const Panel& panel, Vector* x, std::index_sequence<p...>) {
  (eliminate<p>(panel, x, Sequence<N - 1 - p>()), ...);
}

template <std::size_t lane>
HWY_INLINE Vector broadcast(Vector x) {
  const hn::RebindToSigned<Lanes> indices;
  return hn::TableLookupLanes(x, hn::IndicesFromVec(kLanes, hn::Set(indices, static_cast<std::int32_t>(lane))));
}

template <std::size_t p, std::size_t... q>
HWY_INLINE void eliminate_pivot(Vector floor, Vector* u, Panel& panel, std::index_sequence<q...>) {
  const Vector pivot = broadcast<p>(u[p]);
  const Vector inverse = hn::IfThenElseZero(pivot > floor, hn::Set(kLanes, 1.0F) / pivot);
  const Vector ratios = u[p] * inverse;
  ((u[p + 1 + q] = hn::NegMulAdd(broadcast<p + 1 + q>(ratios), u[p], u[p + 1 + q])), ...);
  hn::StoreU(ratios, kLanes, panel.ratios + p * N);
  panel.inverses[p] = hn::GetLane(inverse);
}

template <std::size_t... p>
HWY_INLINE void load_rows(ConstDenseView from, Vector* x, std::index_sequence<p...>) {
  ((x[p] = hn::LoadU(kLanes, from.values + p * from.stride)), ...);
}

template <std::size_t... p>
HWY_INLINE void store_scaled(const Panel& panel, const Vector* x, DenseView to, std::index_sequence<p...>) {
  (hn::StoreU(x[p] * hn::Set(kLanes, panel.roots[p]), kLanes, to.values + p * to.stride), ...);
}

// The block on the diagonal. Its diagonal becomes the reciprocals of the factor's.
template <std::size_t... p>
HWY_INLINE void factor_diagonal(Vector floor, DenseView block, Panel& panel, std::index_sequence<p...> all) {
  Registers<N> u;
  load_rows(block, u, all);
  (eliminate_pivot<p>(floor, u, panel, Sequence<N - 1 - p>()), ...);
  hn::StoreU(hn::Sqrt(hn::Load(kLanes, panel.inverses)), kLanes, panel.roots);
  store_scaled(panel, u, block, all);
  ((block.values[p * block.stride + p] = panel.roots[p]), ...);
}

// `block`: the panel from its first diagonal element on; width: what of its rows is in use.
HWY_INLINE void factor_panel(Vector floor, DenseView block, std::size_t width) {
  Panel panel;
  factor_diagonal(floor, block, panel, Sequence<N>());
  for (std::size_t column = N; column < width; column += N) {
    Registers<N> x;
    load_rows(at(block, 0, column), x, Sequence<N>());
    eliminate_all(panel, x, Sequence<N>());
    store_scaled(panel, x, at(block, 0, column), Sequence<N>());
  }
}

// What is below it cannot be told from rounding.
HWY_INLINE Vector smallest_pivot(ConstDenseView system, std::size_t size) {
  float largest = 0;
  for (std::size_t i = 0; i < size; ++i) largest = HWY_MAX(largest, system.values[i * system.stride + i]);
  return hn::Set(kLanes, largest * 0x1p-23F);
}

HWY_INLINE float dot(const float* a, const float* b, std::size_t width) {
  Vector sum = hn::Zero(kLanes);
  for (std::size_t i = 0; i < width; i += N) sum = hn::MulAdd(hn::LoadU(kLanes, a + i), hn::LoadU(kLanes, b + i), sum);
  return hn::GetLane(hn::SumOfLanes(kLanes, sum));
}

// U x = z, from the last panel to the first; z is in column `size`.
HWY_INLINE void substitute_back(ConstDenseView factor, std::size_t size, float* x) {
  for (std::size_t first = size; first > 0;) {
    first -= N;
    float right[N];
    for (std::size_t p = 0; p < N; ++p) {
      const float* row = factor.values + (first + p) * factor.stride;
      right[p] = row[size] - dot(row + first + N, x + first + N, size - first - N);
    }
    for (std::size_t p = N; p-- > 0;) {
      const float* row = factor.values + (first + p) * factor.stride + first;
      float sum = right[p];
      for (std::size_t q = N - 1; q > p; --q) sum -= row[q] * x[first + q];
      x[first + p] = sum * row[p];
    }
  }
}

void solve(DenseView system, std::size_t size, float* x) {
  const Vector floor = smallest_pivot(system, size);
  const std::size_t width = size + N;
  for (std::size_t first = 0; first < size; first += N) {
    factor_panel(floor, at(system, first, first), width - first);
    update_upper<true>(at(system, first, 0), N, first + N, size, width, system, system);
  }
  substitute_back(system, size, x);
}

void gather(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* scales,
            DenseView out) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const float* from = rows.values + indices[i] * rows.stride;
    float* to = out.values + i * out.stride;
    const Vector scale = hn::Set(kLanes, scales[i]);
    std::size_t k = 0;
    for (; k + N <= width; k += N) hn::StoreU(scale * hn::LoadU(kLanes, from + k), kLanes, to + k);
    for (; k < width; ++k) to[k] = scales[i] * from[k];
  }
}

// Four rows at once: each block of four lanes is transposed in registers, then stored to its place.
HWY_INLINE void transpose_four(const Vector* rows, DenseView out) {
  const hn::FixedTag<float, 4> block;
  const Vector even_low = hn::InterleaveLower(kLanes, rows[0], rows[2]);
  const Vector odd_low = hn::InterleaveLower(kLanes, rows[1], rows[3]);
  const Vector even_high = hn::InterleaveUpper(kLanes, rows[0], rows[2]);
  const Vector odd_high = hn::InterleaveUpper(kLanes, rows[1], rows[3]);
  HWY_ALIGN float columns[4 * N];
  hn::Store(hn::InterleaveLower(kLanes, even_low, odd_low), kLanes, columns);
  hn::Store(hn::InterleaveUpper(kLanes, even_low, odd_low), kLanes, columns + N);
  hn::Store(hn::InterleaveLower(kLanes, even_high, odd_high), kLanes, columns + 2 * N);
  hn::Store(hn::InterleaveUpper(kLanes, even_high, odd_high), kLanes, columns + 3 * N);
  for (std::size_t k = 0; k < N; ++k) {
    hn::StoreU(hn::Load(block, columns + k % 4 * N + k / 4 * 4), block, out.values + k * out.stride);
  }
}

void gather_transposed(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices,
                       const float* scales, const float* column_scales, DenseView out) {
  for (std::size_t i = 0; i < als_padded(indices.size()); i += 4) {
    const float* from[4];
    Vector scale[4];
    for (std::size_t r = 0; r < 4; ++r) {
      const bool is_there = i + r < indices.size();
      from[r] = rows.values + (is_there ? indices[i + r] * rows.stride : 0);
      scale[r] = hn::Set(kLanes, is_there ? scales[i + r] : 0.0F);
    }
    for (std::size_t k = 0; k < width; k += N) {
      const Vector column_scale = hn::LoadU(kLanes, column_scales + k);
      Vector values[4];
      for (std::size_t r = 0; r < 4; ++r) values[r] = scale[r] * column_scale * hn::LoadU(kLanes, from[r] + k);
      transpose_four(values, at(out, k, i));
    }
  }
}

void invert(const float* diagonal, std::size_t width, float shift, float* inverse, float* inverse_root) {
  for (std::size_t k = 0; k < width; k += N) {
    const Vector value = hn::Set(kLanes, 1.0F) / (hn::LoadU(kLanes, diagonal + k) + hn::Set(kLanes, shift));
    hn::StoreU(value, kLanes, inverse + k);
    hn::StoreU(hn::Sqrt(value), kLanes, inverse_root + k);
  }
}

void add_weighted(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* weights,
                  float* sum) {
  constexpr std::size_t kVectors = 4;
  std::size_t k = 0;
  for (; k + kVectors * N <= width; k += kVectors * N) {
    Vector sums[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) sums[v] = hn::LoadU(kLanes, sum + k + v * N);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const float* row = rows.values + indices[i] * rows.stride + k;
      const Vector weight = hn::Set(kLanes, weights[i]);
      for (std::size_t v = 0; v < kVectors; ++v) {
        sums[v] = hn::MulAdd(weight, hn::LoadU(kLanes, row + v * N), sums[v]);
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[v], kLanes, sum + k + v * N);
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const float* row = rows.values + indices[i] * rows.stride;
    std::size_t j = k;
    for (; j + N <= width; j += N) {
      hn::StoreU(hn::MulAdd(hn::Set(kLanes, weights[i]), hn::LoadU(kLanes, row + j), hn::LoadU(kLanes, sum + j)),
                 kLanes, sum + j);
    }
    for (; j < width; ++j) sum[j] += weights[i] * row[j];
  }
}

void dot_rows(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* vector,
              float* out) {
  const std::size_t whole = width / N * N;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const float* row = rows.values + indices[i] * rows.stride;
    out[i] = dot(row, vector, whole);
    for (std::size_t k = whole; k < width; ++k) out[i] += row[k] * vector[k];
  }
}

}  // namespace magpie::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace magpie {

HWY_EXPORT(add_gram);
HWY_EXPORT(solve);
HWY_EXPORT(gather);
HWY_EXPORT(gather_transposed);
HWY_EXPORT(invert);
HWY_EXPORT(add_weighted);
HWY_EXPORT(dot_rows);

void als_add_gram(ConstDenseView rows, std::size_t count, std::size_t width, ConstDenseView start, DenseView sum) {
  HWY_DYNAMIC_DISPATCH(add_gram)(rows, count, width, start, sum);
}

void als_solve(DenseView system, std::size_t size, float* x) { HWY_DYNAMIC_DISPATCH(solve)(system, size, x); }

void als_gather(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* scales,
                DenseView out) {
  HWY_DYNAMIC_DISPATCH(gather)(rows, width, indices, scales, out);
}

void als_gather_transposed(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices,
                           const float* scales, const float* column_scales, DenseView out) {
  HWY_DYNAMIC_DISPATCH(gather_transposed)(rows, width, indices, scales, column_scales, out);
}

void als_invert(const float* diagonal, std::size_t width, float shift, float* inverse, float* inverse_root) {
  HWY_DYNAMIC_DISPATCH(invert)(diagonal, width, shift, inverse, inverse_root);
}

void als_prefetch(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices) {
  constexpr std::size_t kLine = 16;         // Floats in a cache line.
  constexpr std::size_t kMost = 32 * 1024;  // Floats: an eighth of a core's second-level cache, of a megabyte.
  const std::size_t count = HWY_MIN(indices.size(), kMost / HWY_MAX(width, std::size_t{1}));
  for (const std::uint32_t index : indices.first(count)) {
    const float* row = rows.values + index * rows.stride;
    for (std::size_t k = 0; k < width; k += kLine) __builtin_prefetch(row + k);
  }
}

void als_add_weighted(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices,
                      const float* weights, float* sum) {
  HWY_DYNAMIC_DISPATCH(add_weighted)(rows, width, indices, weights, sum);
}

void als_dot(ConstDenseView rows, std::size_t width, std::span<const std::uint32_t> indices, const float* vector,
             float* out) {
  HWY_DYNAMIC_DISPATCH(dot_rows)(rows, width, indices, vector, out);
}

}  // namespace magpie
#endif

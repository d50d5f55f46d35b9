// Product of dense row-major matrices in single precision, on the calling thread, in the widest vector instructions of
// the machine that runs. The algorithm is that of K. Goto, R. van de Geijn: Anatomy of High-Performance Matrix
// Multiplication, ACM TOMS 2008: packed panels, a tile of the result in registers.
//
// Pure and thread-safe, unlike a BLAS library built for one thread: any number of threads may call at once. An element
// of the result is a sum in a fixed order: the same bytes wherever there are fused multiply-adds.
#pragma once

#include <cstddef>

namespace magpie {

enum class Transposed : bool { kNo, kYes };

// A view of rows that begin `stride` floats apart; kYes: of the transpose of what is stored.
struct GemmOperand {
  const float* values = nullptr;
  std::size_t stride = 0;
  Transposed transposed = Transposed::kNo;
};

// rows x inner times inner x columns.
struct GemmShape {
  std::size_t rows = 0;
  std::size_t inner = 0;
  std::size_t columns = 0;
};

// out += scale * left * right; row r of `out` is at out + r * out_stride. `out` shares no memory with the operands.
// Memory: at most 400 kB while it runs.
void add_product(const GemmShape& shape, float scale, const GemmOperand& left, const GemmOperand& right, float* out,
                 std::size_t out_stride);

}  // namespace magpie

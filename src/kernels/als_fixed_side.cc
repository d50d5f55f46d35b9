#include "kernels/als_fixed_side.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "kernels/als_dense.h"
#include "kernels/gemm.h"
#include "kernels/parallel_for.h"

namespace magpie {
namespace {

constexpr std::size_t kRowsAtOnce = 128;
// The sum is made of so many parts whatever the threads, so that its rounding is the same.
constexpr std::size_t kParts = 16;

ConstDenseView rows_from(const Matrix& matrix, std::size_t row) {
  return {matrix.values.data() + row * matrix.columns, matrix.columns};
}

void add_rows(const Matrix& factors, std::size_t begin, std::size_t end, Matrix& sum) {
  const DenseView into{sum.values.data(), sum.columns};
  for (std::size_t row = begin; row < end; row += kRowsAtOnce) {
    als_add_gram(rows_from(factors, row), std::min(kRowsAtOnce, end - row), factors.columns, into, into);
  }
}

void mirror(Matrix& upper) {
  for (std::size_t i = 1; i < upper.rows; ++i) {
    for (std::size_t j = 0; j < i; ++j) upper.row(i)[j] = upper.row(j)[i];
  }
}

using Square = Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Square leading_square(const Matrix& symmetric, std::size_t width) {
  const auto stride = static_cast<Eigen::Index>(symmetric.columns);
  const auto size = static_cast<Eigen::Index>(width);
  return Eigen::Map<const Eigen::MatrixXf>(symmetric.values.data(), stride, stride)
      .topLeftCorner(size, size)
      .cast<double>();
}

}  // namespace

Matrix als_gram(const Matrix& factors, unsigned threads) {
  std::vector<Matrix> parts(kParts, Matrix(factors.columns, factors.columns));
  parallel_for_with(kParts, 1, threads, [&] {
    return [&](std::size_t part) {
      add_rows(factors, factors.rows * part / kParts, factors.rows * (part + 1) / kParts, parts[part]);
    };
  });
  for (std::size_t part = 1; part < kParts; ++part) {
    std::ranges::transform(parts[0].values, parts[part].values, parts[0].values.begin(), std::plus());
  }
  mirror(parts[0]);
  return std::move(parts[0]);
}

AlsFixedSide::AlsFixedSide(Matrix& factors, std::size_t width, bool diagonal, unsigned threads)
    : factors_(factors), width_(width), gram_(als_gram(factors, threads)) {
  for (std::size_t k = width; k < gram_.columns; ++k) gram_.row(k)[k] = 1;
  if (diagonal) rotate(factors, threads);
}

void AlsFixedSide::rotate(Matrix& factors, unsigned threads) {
  // In double: vectors of float would be orthogonal to 1e-6 only, and errors would grow with each half-step.
  const Eigen::SelfAdjointEigenSolver<Square> eigen(leading_square(gram_, width_));
  const RowMajor vectors = eigen.eigenvectors().cast<float>();
  parallel_for_with((factors.rows + kRowsAtOnce - 1) / kRowsAtOnce, 1, threads, [&] {
    return [&, rotated = std::vector<float>(kRowsAtOnce * factors.columns)](std::size_t run) mutable {
      const std::size_t first = run * kRowsAtOnce;
      const std::size_t count = std::min(kRowsAtOnce, factors.rows - first);
      std::ranges::fill(rotated, 0.0F);
      add_product({count, width_, width_}, 1, {factors.row(first).data(), factors.columns}, {vectors.data(), width_},
                  rotated.data(), factors.columns);
      std::copy_n(rotated.begin(), count * factors.columns, factors.row(first).begin());
    };
  });
  const Eigen::VectorXd& values = eigen.eigenvalues();
  set_spectrum({values.data(), width_});
}

// Nothing below the rounding of the sum itself: it may have come out as zero or less.
void AlsFixedSide::set_spectrum(std::span<const double> eigenvalues) {
  const auto least = std::max(1e-30, eigenvalues.back() * 0x1p-23);
  spectrum_.assign(gram_.columns, 1.0F);
  for (std::size_t k = 0; k < width_; ++k) spectrum_[k] = static_cast<float>(std::max(least, eigenvalues[k]));
  std::ranges::fill(gram_.values, 0.0F);
  for (std::size_t k = 0; k < gram_.columns; ++k) gram_.row(k)[k] = spectrum_[k];
}

AlsFixedView AlsFixedSide::view() const {
  return {rows_from(factors_, 0), width_, {gram_.values.data(), gram_.columns}, spectrum_};
}

}  // namespace magpie

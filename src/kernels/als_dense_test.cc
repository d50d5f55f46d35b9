#include "kernels/als_dense.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

using Dense = Eigen::MatrixXd;

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

Dense dense(ConstDenseView view, std::size_t rows, std::size_t columns) {
  Dense result(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result(i, j) = view.values[i * view.stride + j];
  }
  return result;
}

TEST(AlsDense, PadsToWholeRegisters) {
  EXPECT_EQ(als_padded(0), 0U);
  EXPECT_EQ(als_padded(1), 16U);
  EXPECT_EQ(als_padded(16), 16U);
  EXPECT_EQ(als_padded(17), 32U);
}

TEST(AlsDense, GramIsTheUpperTriangleOfTheProduct) {
  for (const std::size_t width : {16U, 32U, 48U, 112U}) {
    for (const std::size_t count : {0U, 1U, 5U, 64U}) {
      const std::size_t stride = width + 3;
      const auto rows = normals(count * stride, width + count);
      const auto start = normals(width * width, 3);
      std::vector<float> sum(width * width);
      als_add_gram({rows.data(), stride}, count, width, {start.data(), width}, {sum.data(), width});
      const Dense z = dense({rows.data(), stride}, count, width);
      const Dense expected = dense({start.data(), width}, width, width) + z.transpose() * z;
      const Dense difference = dense({sum.data(), width}, width, width) - expected;
      EXPECT_LT(Dense(difference.triangularView<Eigen::Upper>()).cwiseAbs().maxCoeff(), 1e-4) << width << ' ' << count;
    }
  }
}

// A^T A + ridge I, with b in column `size`.
std::vector<float> positive_definite_system(std::size_t size, float ridge, std::uint64_t seed) {
  const std::size_t stride = size + kAlsLanes;
  const auto rows = normals(size * size, seed);
  std::vector<float> system(size * stride);
  for (std::size_t i = 0; i < size; ++i) system[i * stride + i] = ridge;
  als_add_gram({rows.data(), size}, size, size, {system.data(), stride}, {system.data(), stride});
  const auto target = normals(size, seed + 1);
  for (std::size_t i = 0; i < size; ++i) system[i * stride + size] = target[i];
  return system;
}

TEST(AlsDense, SolvesAsADenseSolverDoes) {
  for (const std::size_t size : {16U, 32U, 48U, 160U, 1024U}) {
    const std::size_t stride = size + kAlsLanes;
    auto system = positive_definite_system(size, static_cast<float>(size), size);
    Dense matrix = dense({system.data(), stride}, size, size).selfadjointView<Eigen::Upper>();
    const Eigen::VectorXd target = dense({system.data() + size, stride}, size, 1);
    std::vector<float> x(size);
    als_solve({system.data(), stride}, size, x.data());
    const Eigen::VectorXd expected = matrix.llt().solve(target);
    const Dense difference = dense({x.data(), 1}, size, 1) - expected;
    EXPECT_LT(difference.cwiseAbs().maxCoeff(), 1e-4 * expected.cwiseAbs().maxCoeff()) << size;
  }
}

TEST(AlsDense, DirectionsWithoutAnyDataStayZero) {
  constexpr std::size_t kSize = 32;
  constexpr std::size_t kStride = kSize + kAlsLanes;
  std::vector<float> system(kSize * kStride);
  for (std::size_t i = 0; i < kSize; i += 2) system[i * kStride + i] = 2;
  for (std::size_t i = 0; i < kSize; i += 2) system[i * kStride + kSize] = 1;
  std::vector<float> x(kSize, 7);
  als_solve({system.data(), kStride}, kSize, x.data());
  for (std::size_t i = 0; i < kSize; ++i) EXPECT_FLOAT_EQ(x[i], i % 2 == 0 ? 0.5F : 0.0F);
}

TEST(AlsDense, ASystemOfZerosHasTheSolutionZero) {
  std::vector<float> system(std::size_t{16} * 32);
  std::vector<float> x(16, 7);
  als_solve({system.data(), 32}, 16, x.data());
  for (const float value : x) EXPECT_EQ(value, 0);
}

class AlsDenseRows : public ::testing::TestWithParam<std::size_t> {
 protected:
  const std::size_t width_ = GetParam();
  const std::size_t stride_ = width_ + 1;
  const std::vector<float> rows_ = normals(10 * stride_, 5);
  const std::vector<std::uint32_t> indices_{9, 0, 3, 3, 7};
  const std::vector<float> scales_ = normals(5, 6);

  [[nodiscard]] float at(std::size_t i, std::size_t k) const { return rows_[indices_[i] * stride_ + k]; }
};

TEST_P(AlsDenseRows, AreGatheredAndScaled) {
  std::vector<float> out(5 * width_, 7);
  als_gather({rows_.data(), stride_}, width_, indices_, scales_.data(), {out.data(), width_});
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t k = 0; k < width_; ++k) EXPECT_EQ(out[i * width_ + k], scales_[i] * at(i, k));
  }
}

TEST_P(AlsDenseRows, AreAddedUp) {
  std::vector<float> sum(width_, 1);
  als_add_weighted({rows_.data(), stride_}, width_, indices_, scales_.data(), sum.data());
  for (std::size_t k = 0; k < width_; ++k) {
    double expected = 1;
    for (std::size_t i = 0; i < 5; ++i) expected += static_cast<double>(scales_[i]) * at(i, k);
    EXPECT_NEAR(sum[k], expected, 1e-5);
  }
}

TEST_P(AlsDenseRows, AreMultipliedWithAVector) {
  const auto vector = normals(width_, 8);
  std::vector<float> out(5);
  als_dot({rows_.data(), stride_}, width_, indices_, vector.data(), out.data());
  for (std::size_t i = 0; i < 5; ++i) {
    double expected = 0;
    for (std::size_t k = 0; k < width_; ++k) expected += static_cast<double>(vector[k]) * at(i, k);
    EXPECT_NEAR(out[i], expected, 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, AlsDenseRows, ::testing::Values(1, 15, 16, 17, 64, 100, 128));

TEST(AlsDense, GathersTransposedWithZerosBehind) {
  constexpr std::size_t kWidth = 48;
  const auto rows = normals(10 * kWidth, 5);
  const std::vector<std::uint32_t> indices{9, 0, 3, 3, 7, 1};
  const auto scales = normals(6, 6);
  const auto column_scales = normals(kWidth, 7);
  std::vector<float> out(kWidth * 16, 7);
  als_gather_transposed({rows.data(), kWidth}, kWidth, indices, scales.data(), column_scales.data(), {out.data(), 16});
  for (std::size_t k = 0; k < kWidth; ++k) {
    for (std::size_t i = 0; i < 16; ++i) {
      const float expected = i < 6 ? scales[i] * column_scales[k] * rows[indices[i] * kWidth + k] : 0;
      EXPECT_FLOAT_EQ(out[k * 16 + i], expected);
    }
  }
}

TEST(AlsDense, InvertsAShiftedDiagonal) {
  const std::vector<float> diagonal(16, 1.5F);
  std::vector<float> inverse(16);
  std::vector<float> root(16);
  als_invert(diagonal.data(), 16, 2.5F, inverse.data(), root.data());
  for (std::size_t k = 0; k < 16; ++k) {
    EXPECT_EQ(inverse[k], 0.25F);
    EXPECT_EQ(root[k], 0.5F);
  }
}

}  // namespace
}  // namespace magpie

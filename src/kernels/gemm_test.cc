#include "kernels/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

std::vector<float> random_values(std::size_t count, Random& random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

// Rows of `stored` are 3 floats longer than needed.
struct Stored {
  std::size_t rows;
  std::size_t columns;
  std::vector<float> values;

  Stored(std::size_t row_count, std::size_t column_count, Random& random)
      : rows(row_count), columns(column_count), values(random_values(row_count * (column_count + 3), random)) {}
  std::size_t stride() const { return columns + 3; }
  float at(std::size_t r, std::size_t c) const { return values[r * stride() + c]; }
};

void expect_product(const GemmShape& shape, Transposed left, Transposed right, Random& random) {
  const bool turn_left = left == Transposed::kYes;
  const bool turn_right = right == Transposed::kYes;
  const Stored a(turn_left ? shape.inner : shape.rows, turn_left ? shape.rows : shape.inner, random);
  const Stored b(turn_right ? shape.columns : shape.inner, turn_right ? shape.inner : shape.columns, random);
  const Stored before(shape.rows, shape.columns, random);
  Stored out = before;
  add_product(shape, -0.5F, {a.values.data(), a.stride(), left}, {b.values.data(), b.stride(), right},
              out.values.data(), out.stride());
  for (std::size_t r = 0; r < shape.rows; ++r) {
    for (std::size_t c = 0; c < out.stride(); ++c) {
      double expected = before.at(r, c);
      for (std::size_t k = 0; k < shape.inner && c < shape.columns; ++k) {
        expected -= 0.5 * (turn_left ? a.at(k, r) : a.at(r, k)) * (turn_right ? b.at(c, k) : b.at(k, c));
      }
      ASSERT_NEAR(out.at(r, c), expected, 1e-5 * (1 + std::sqrt(shape.inner)))
          << shape.rows << "x" << shape.inner << "x" << shape.columns << " at " << r << ", " << c;
    }
  }
}

// Sizes about the edges of tiles and panels; beyond the columns nothing is written.
TEST(Gemm, EqualsTheNaiveProduct) {
  Random random(1);
  for (const GemmShape& shape : {GemmShape{1, 1, 1}, GemmShape{6, 5, 16}, GemmShape{7, 3, 17}, GemmShape{13, 40, 33},
                                 GemmShape{97, 257, 35}, GemmShape{25, 10, 300}}) {
    for (const Transposed left : {Transposed::kNo, Transposed::kYes}) {
      for (const Transposed right : {Transposed::kNo, Transposed::kYes}) expect_product(shape, left, right, random);
    }
  }
}

TEST(Gemm, EmptyShapesChangeNothing) {
  const std::vector<float> ones(4, 1);
  for (const GemmShape& shape : {GemmShape{0, 2, 2}, GemmShape{2, 0, 2}, GemmShape{2, 2, 0}}) {
    std::vector<float> out(4, 7);
    add_product(shape, 1, {ones.data(), 2}, {ones.data(), 2}, out.data(), 2);
    EXPECT_EQ(out, std::vector<float>(4, 7));
  }
}

TEST(Gemm, ManyThreadsMayCallAtOnce) {
  Random random(2);
  const std::vector<float> a = random_values(40 * 40, random);
  const auto square = [&] {
    std::vector<float> out(40 * 40);
    add_product({40, 40, 40}, 1, {a.data(), 40}, {a.data(), 40}, out.data(), 40);
    return out;
  };
  const std::vector<float> expected = square();
  std::vector<int> wrong(4);
  std::vector<std::jthread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int call = 0; call < 500; ++call) count += square() != expected;
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace magpie

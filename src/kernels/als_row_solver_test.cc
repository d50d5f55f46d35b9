// Both exact solvers and the block descent of one row, against a dense solve in double precision.
#include "kernels/als_row_solver.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernels/als_fixed_side.h"
#include "kernels/als_subspace.h"

namespace magpie {
namespace {

using Dense = Eigen::MatrixXd;
using Column = Eigen::VectorXd;

constexpr std::size_t kItems = 300;

struct Row {
  std::vector<std::uint32_t> items;
  std::vector<float> weights;
};

Row random_row(std::size_t count, float least, float most, std::uint64_t seed) {
  Random random(seed);
  Row row;
  for (std::uint32_t item = 0; item < kItems && row.items.size() < count; ++item) {
    if (random.below(kItems - item) >= count - row.items.size()) continue;
    row.items.push_back(item);
    row.weights.push_back(least * std::pow(most / least, static_cast<float>(random.uniform())));
  }
  return row;
}

Matrix random_factors(std::size_t factors) {
  Random random(factors);
  Matrix matrix(kItems, als_padded(factors));
  for (std::size_t row = 0; row < kItems; ++row) {
    for (std::size_t k = 0; k < factors; ++k) matrix.row(row)[k] = static_cast<float>(0.3 * random.normal());
  }
  return matrix;
}

Dense dense(const Matrix& matrix, std::size_t columns) {
  Dense result(matrix.rows, columns);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t k = 0; k < columns; ++k) result(row, k) = matrix.row(row)[k];
  }
  return result;
}

// The row's objective as a quadratic form: x^T normal x / 2 - target . x.
struct Quadratic {
  Dense normal;
  Column target;
  [[nodiscard]] double operator()(const Column& x) const { return x.dot(normal * x) / 2 - target.dot(x); }
};

Quadratic quadratic(const Dense& factors, const Row& row, const AlsObjective& objective) {
  double confidence = kItems;
  for (const float weight : row.weights) confidence += static_cast<double>(objective.alpha) * weight;
  const double regularization = objective.regularization * std::pow(confidence, objective.frequency_exponent);
  Quadratic result{factors.transpose() * factors, Column::Zero(factors.cols())};
  result.normal.diagonal().array() += regularization;
  for (std::size_t i = 0; i < row.items.size(); ++i) {
    const Column y = factors.row(row.items[i]);
    const double extra = static_cast<double>(objective.alpha) * row.weights[i];
    result.normal += extra * y * y.transpose();
    result.target += (1 + extra) * y;
  }
  return result;
}

Column as_column(std::span<const float> values) {
  Column result(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) result(k) = values[k];
  return result;
}

// Solves with the fixed side as it is (primal) or rotated (dual where it pays), and compares with the oracle in the
// basis that the solver worked in.
void expect_exact(std::size_t factors, const Row& row, const AlsObjective& objective, bool rotated) {
  Matrix fixed = random_factors(factors);
  const AlsFixedSide side(fixed, factors, rotated, 1);
  std::vector<float> x(factors);
  AlsRowSolver(side.view(), objective).solve(row.items, row.weights, x);
  const Quadratic expected = quadratic(dense(fixed, factors), row, objective);
  const Column minimum = expected.normal.ldlt().solve(expected.target);
  const double error = (as_column(x) - minimum).norm() / minimum.norm();
  EXPECT_LT(error, 2e-3) << factors << " factors, " << row.items.size() << " items, rotated " << rotated;
}

class AlsRowSolverSizes : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

TEST_P(AlsRowSolverSizes, IsExactByEitherSystem) {
  const auto [factors, count] = GetParam();
  const AlsObjective objective{0.5F, 10, 0, kItems};
  const Row row = random_row(count, 1, 3, factors + count);
  expect_exact(factors, row, objective, false);
  expect_exact(factors, row, objective, true);
}

INSTANTIATE_TEST_SUITE_P(Sizes, AlsRowSolverSizes,
                         ::testing::Combine(::testing::Values(1, 2, 15, 16, 17, 40, 64, 100, 200),
                                            ::testing::Values(1, 3, 16, 17, 60, 129, 300)));

TEST(AlsRowSolver, RegularizationMayGrowWithTheConfidence) {
  const AlsObjective objective{0.01F, 5, 0.8F, kItems};
  const Row row = random_row(20, 1, 3, 1);
  expect_exact(64, row, objective, false);
  expect_exact(64, row, objective, true);
}

TEST(AlsRowSolver, WeightsMayDifferByTenMillion) {
  const Row row = random_row(20, 1e-3F, 1e4F, 2);
  for (const bool rotated : {false, true}) {
    expect_exact(64, row, {1, 1, 0, kItems}, rotated);
    expect_exact(64, row, {1, 1e-4F, 0, kItems}, rotated);
  }
}

TEST(AlsRowSolver, NothingExtraIsPlainFactorization) {
  const Row row = random_row(20, 1, 3, 3);
  for (const bool rotated : {false, true}) expect_exact(64, row, {1, 0, 0, kItems}, rotated);
}

TEST(AlsRowSolver, WithoutRegularizationAllStaysFinite) {
  // Fewer items than factors: neither system is regular.
  Matrix fixed(kItems, 64);
  for (std::size_t k = 0; k < 64; ++k) fixed.row(1)[k] = fixed.row(2)[k] = static_cast<float>(k % 5);
  for (const bool rotated : {false, true}) {
    const AlsFixedSide side(fixed, 64, rotated, 1);
    std::vector<float> x(64);
    AlsRowSolver(side.view(), {0, 1, 0, kItems}).solve(std::vector<std::uint32_t>{1}, std::vector<float>{2}, x);
    double score = 0;
    for (std::size_t k = 0; k < 64; ++k) score += static_cast<double>(x[k]) * fixed.row(1)[k];
    EXPECT_NEAR(score, 3.0 / 4.0, 0.01);  // c = 3 for one of two equal items: 3 of 1 + 3.
  }
}

TEST(AlsRowSolver, ARowWithoutInteractionsIsZero) {
  Matrix fixed = random_factors(20);
  const AlsFixedSide side(fixed, 20, true, 1);
  std::vector<float> x(20, 7);
  AlsRowSolver(side.view(), {1, 1, 0, kItems}).solve({}, {}, x);
  for (const float value : x) EXPECT_EQ(value, 0);
}

TEST(AlsRowSolver, ScratchOfLongRowsDoesNotLeakIntoShortOnes) {
  Matrix fixed = random_factors(64);
  const AlsFixedSide side(fixed, 64, true, 1);
  AlsRowSolver used(side.view(), {1, 10, 0, kItems});
  std::vector<float> after(64);
  const Row longer = random_row(300, 1, 3, 4);
  const Row shorter = random_row(30, 1, 3, 5);
  used.solve(longer.items, longer.weights, after);
  used.solve(shorter.items, shorter.weights, after);
  std::vector<float> fresh(64);
  AlsRowSolver(side.view(), {1, 10, 0, kItems}).solve(shorter.items, shorter.weights, fresh);
  EXPECT_EQ(after, fresh);
}

TEST(AlsFixedSide, RotationMakesTheGramMatrixDiagonalAndKeepsProducts) {
  const Matrix before = random_factors(40);
  Matrix after = before;
  const AlsFixedSide side(after, 40, true, 2);
  const Dense a = dense(before, 40);
  const Dense b = dense(after, 40);
  EXPECT_LT((a * a.transpose() - b * b.transpose()).cwiseAbs().maxCoeff(), 1e-4);
  const Dense spectrum = as_column(side.view().spectrum.first(40)).asDiagonal();
  EXPECT_LT((b.transpose() * b - spectrum).cwiseAbs().maxCoeff(), 1e-4 * spectrum.maxCoeff());
}

// --- Subspace
// ---------------------------------------------------------------------------------------------------------

// Exact steps along the blocks in turn.
Column naive_sweep(const Quadratic& f, Column x, std::size_t block) {
  for (Eigen::Index first = 0; first < x.size(); first += static_cast<Eigen::Index>(block)) {
    const Eigen::Index width = std::min<Eigen::Index>(static_cast<Eigen::Index>(block), x.size() - first);
    const Column descent = (f.target - f.normal * x).segment(first, width);
    x.segment(first, width) += f.normal.block(first, first, width, width).ldlt().solve(descent);
  }
  return x;
}

std::vector<float> starting_point(std::size_t factors) {
  Random random(9);
  std::vector<float> x(als_padded(factors));
  for (std::size_t k = 0; k < factors; ++k) x[k] = static_cast<float>(random.normal());
  return x;
}

class AlsSubspaceSizes : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t, std::size_t>> {};

TEST_P(AlsSubspaceSizes, SweepIsThatOfTheOracle) {
  const auto [factors, block, count] = GetParam();
  Matrix fixed = random_factors(factors);
  const AlsFixedSide side(fixed, factors, false, 1);
  const AlsObjective objective{0.5F, 10, 0.3F, kItems};
  const Row row = random_row(count, 1, 3, count);
  std::vector<float> x = starting_point(factors);
  const Quadratic f = quadratic(dense(fixed, factors), row, objective);
  const Column before = as_column(std::span(x).first(factors));
  const Column expected = naive_sweep(f, before, block);
  AlsSubspaceSolver(side.view(), objective, block).sweep(row.items, row.weights, x);
  const Column after = as_column(std::span(x).first(factors));
  EXPECT_LT((after - expected).norm() / expected.norm(), 1e-3);
  EXPECT_LE(f(after), f(before));
}

INSTANTIATE_TEST_SUITE_P(Sizes, AlsSubspaceSizes,
                         ::testing::Combine(::testing::Values(1, 16, 40, 128), ::testing::Values(16, 32, 64),
                                            ::testing::Values(1, 20, 129, 300)));

TEST(AlsSubspace, OneBlockIsTheExactSolution) {
  Matrix fixed = random_factors(60);
  const AlsFixedSide side(fixed, 60, false, 1);
  const AlsObjective objective{0.5F, 10, 0, kItems};
  const Row row = random_row(50, 1, 3, 6);
  std::vector<float> swept = starting_point(60);
  AlsSubspaceSolver(side.view(), objective, 60).sweep(row.items, row.weights, swept);
  std::vector<float> exact(60);
  AlsRowSolver(side.view(), objective).solve(row.items, row.weights, exact);
  for (std::size_t k = 0; k < 60; ++k) EXPECT_NEAR(swept[k], exact[k], 1e-4);
}

TEST(AlsSubspace, SweepsConvergeToTheExactSolution) {
  Matrix fixed = random_factors(64);
  const AlsFixedSide side(fixed, 64, false, 1);
  const AlsObjective objective{0.5F, 10, 0, kItems};
  const Row row = random_row(50, 1, 3, 7);
  std::vector<float> x(64);
  AlsSubspaceSolver solver(side.view(), objective, 16);
  for (int sweep = 0; sweep < 200; ++sweep) solver.sweep(row.items, row.weights, x);
  std::vector<float> exact(64);
  AlsRowSolver(side.view(), objective).solve(row.items, row.weights, exact);
  for (std::size_t k = 0; k < 64; ++k) EXPECT_NEAR(x[k], exact[k], 1e-3);
}

TEST(AlsSubspace, ARowWithoutInteractionsIsZero) {
  Matrix fixed = random_factors(20);
  const AlsFixedSide side(fixed, 20, false, 1);
  std::vector<float> x(32, 7);
  AlsSubspaceSolver(side.view(), {1, 1, 0, kItems}, 16).sweep({}, {}, x);
  for (const float value : x) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace magpie

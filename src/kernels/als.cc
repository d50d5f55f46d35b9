#include "kernels/als.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/als_dense.h"
#include "kernels/als_fixed_side.h"
#include "kernels/als_row_solver.h"
#include "kernels/als_start.h"
#include "kernels/als_subspace.h"
#include "kernels/parallel_for.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

// Rows that a thread takes at once.
constexpr std::size_t kRun = 8;
// A sweep over blocks gains less than the exact solution: it must be so many times cheaper to be preferred.
constexpr double kSubspaceAdvantage = 4;

// --- Counts of multiply-adds
// ------------------------------------------------------------------------------------------

double primal_cost(double count, double factors) { return count * factors * factors / 2 + std::pow(factors, 3) / 6; }
double dual_cost(double count, double factors) { return primal_cost(factors, count) + 8 * count * factors; }
double subspace_cost(double count, double factors, double block) {
  return factors * (count * (block / 2 + 6) + factors + block * block / 6);
}
// Of the eigenvectors of the Gram matrix of `rows` rows, and of turning the rows into them. The first is not parallel.
double rotation_cost(double rows, double factors) { return rows * factors * factors + 40 * std::pow(factors, 3); }

double exact_row_cost(std::size_t count, std::size_t factors, bool dual) {
  const auto n = static_cast<double>(count);
  const auto f = static_cast<double>(factors);
  return dual && als_prefers_dual(count, factors) ? dual_cost(n, f) : primal_cost(n, f);
}

// --- A half-step
// ------------------------------------------------------------------------------------------------------

// One side of the data, with what does not change from iteration to iteration.
class HalfStep {
 public:
  HalfStep(const SparseMatrix& interactions, const AlsParameters& parameters)
      : interactions_(interactions),
        parameters_(parameters),
        objective_{parameters.regularization, parameters.alpha, parameters.frequency_exponent, interactions.columns},
        longest_first_(interactions.rows()) {
    std::iota(longest_first_.begin(), longest_first_.end(), 0U);
    std::ranges::sort(longest_first_, [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(count(b), a) < std::pair(count(a), b);
    });
    choose_solvers();
  }

  // Both are padded. What is fixed may be rotated in place: what is solved is then in that basis too.
  void solve_exactly(Matrix& fixed, Matrix& solved) const {
    const AlsFixedSide side(fixed, parameters_.factors, has_dual_, parameters_.threads);
    parallel_for_with(longest_first_.size(), kRun, parameters_.threads, [&] {
      return [&, solver = AlsRowSolver(side.view(), objective_)](std::size_t i) mutable {
        const std::size_t row = longest_first_[i];
        prefetch_after(i, side.view());
        solver.solve(interactions_.row_indices(row), interactions_.row_values(row),
                     solved.row(row).first(parameters_.factors));
      };
    });
  }

  void sweep(Matrix& fixed, Matrix& solved) const {
    const AlsFixedSide side(fixed, parameters_.factors, false, parameters_.threads);
    parallel_for_with(longest_first_.size(), kRun, parameters_.threads, [&] {
      return [&, solver = AlsSubspaceSolver(side.view(), objective_, parameters_.block)](std::size_t i) mutable {
        const std::size_t row = longest_first_[i];
        solver.sweep(interactions_.row_indices(row), interactions_.row_values(row), solved.row(row));
      };
    });
  }

  [[nodiscard]] double exact_cost() const { return exact_cost_; }
  [[nodiscard]] double subspace_cost() const { return subspace_cost_; }

 private:
  [[nodiscard]] std::size_t count(std::size_t row) const { return interactions_.row_indices(row).size(); }

  void prefetch_after(std::size_t i, const AlsFixedView& fixed) const {
    if (i + 1 == longest_first_.size()) return;
    als_prefetch(fixed.rows, fixed.factors, interactions_.row_indices(longest_first_[i + 1]));
  }

  void choose_solvers() {
    const std::size_t factors = parameters_.factors;
    double primal = 0;
    double dual = rotation_cost(static_cast<double>(interactions_.columns), static_cast<double>(factors));
    for (std::size_t row = 0; row < interactions_.rows(); ++row) {
      primal += exact_row_cost(count(row), factors, false);
      dual += exact_row_cost(count(row), factors, true);
      subspace_cost_ += magpie::subspace_cost(static_cast<double>(count(row)), static_cast<double>(factors),
                                              static_cast<double>(parameters_.block));
    }
    has_dual_ = dual < primal;
    exact_cost_ = std::min(dual, primal);
  }

  const SparseMatrix& interactions_;
  const AlsParameters& parameters_;
  const AlsObjective objective_;
  std::vector<std::uint32_t> longest_first_;  // So that no thread is left with a long row at the end.
  bool has_dual_ = false;
  double exact_cost_ = 0;
  double subspace_cost_ = 0;
};

bool uses_subspace(const AlsParameters& parameters, const HalfStep& users, const HalfStep& items) {
  if (parameters.solver != AlsSolver::kAutomatic) return parameters.solver == AlsSolver::kSubspace;
  return kSubspaceAdvantage * (users.subspace_cost() + items.subspace_cost()) < users.exact_cost() + items.exact_cost();
}

// --- Factors
// ----------------------------------------------------------------------------------------------------------

// The first `columns` columns, or zeros behind those there are.
Matrix with_columns(Matrix matrix, std::size_t columns) {
  if (matrix.columns == columns) return matrix;
  Matrix result(matrix.rows, columns);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    std::ranges::copy(matrix.row(row).first(std::min(columns, matrix.columns)), result.row(row).begin());
  }
  return result;
}

// `model` is padded.
AlsModel iterate(AlsModel model, const SparseMatrix& by_user, const SparseMatrix& by_item,
                 const AlsParameters& parameters, const AlsProgress& progress) {
  const HalfStep for_users(by_user, parameters);
  const HalfStep for_items(by_item, parameters);
  const bool subspace = uses_subspace(parameters, for_users, for_items);
  Matrix& users = model.user_factors;
  Matrix& items = model.item_factors;
  for (std::size_t iteration = 0; iteration < parameters.iterations; ++iteration) {
    if (subspace) {
      for_users.sweep(items, users);
      for_items.sweep(users, items);
    } else {
      for_users.solve_exactly(items, users);
      for_items.solve_exactly(users, items);
    }
    if (progress) progress(iteration + 1, parameters.iterations);
  }
  // Users end as the exact solution for the final items: what folding the same user in would give.
  for_users.solve_exactly(items, users);
  return {with_columns(std::move(users), parameters.factors), with_columns(std::move(items), parameters.factors)};
}

}  // namespace

AlsParameters with_unobserved_weight(AlsParameters parameters, double unobserved_weight, double regularization,
                                     double frequency_exponent) {
  // Everything is divided by the unobserved weight.
  parameters.alpha = static_cast<float>(1 / unobserved_weight);
  parameters.frequency_exponent = static_cast<float>(frequency_exponent);
  parameters.regularization = static_cast<float>(regularization * std::pow(unobserved_weight, frequency_exponent - 1));
  return parameters;
}

AlsModel train_als(const SparseMatrix& interactions, const AlsParameters& parameters, const AlsProgress& progress) {
  const SparseMatrix by_item = transpose(interactions);
  const AlsStart start{parameters.factors, parameters.start_rounds, parameters.seed, parameters.threads};
  Matrix items = als_start(interactions, by_item, start);
  return iterate({Matrix(interactions.rows(), items.columns), std::move(items)}, interactions, by_item, parameters,
                 progress);
}

AlsModel continue_als(AlsModel start, const SparseMatrix& interactions, const AlsParameters& parameters,
                      const AlsProgress& progress) {
  const std::size_t padded = als_padded(parameters.factors);
  return iterate(
      {with_columns(std::move(start.user_factors), padded), with_columns(std::move(start.item_factors), padded)},
      interactions, transpose(interactions), parameters, progress);
}

Matrix gram(const Matrix& factors) {
  const Matrix sum = als_gram(with_columns(factors, als_padded(factors.columns)), 1);
  Matrix result(factors.columns, factors.columns);
  for (std::size_t row = 0; row < result.rows; ++row) {
    std::ranges::copy(sum.row(row).first(result.columns), result.row(row).begin());
  }
  return result;
}

void fold_in_user(const Matrix& item_factors, const Matrix& item_gram, std::span<const std::uint32_t> items,
                  std::span<const float> weights, const AlsParameters& parameters, std::span<float> out) {
  const std::size_t padded = als_padded(item_gram.columns);
  Matrix padded_gram;
  if (padded != item_gram.columns) {
    padded_gram = Matrix(padded, padded);
    for (std::size_t row = 0; row < padded; ++row) padded_gram.row(row)[row] = 1;
    for (std::size_t row = 0; row < item_gram.rows; ++row) {
      std::ranges::copy(item_gram.row(row), padded_gram.row(row).begin());
    }
  }
  const Matrix& used = padded_gram.rows == 0 ? item_gram : padded_gram;
  const AlsFixedView fixed{
      {item_factors.values.data(), item_factors.columns}, item_factors.columns, {used.values.data(), used.columns}, {}};
  const AlsObjective objective{parameters.regularization, parameters.alpha, parameters.frequency_exponent,
                               item_factors.rows};
  AlsRowSolver(fixed, objective).solve(items, weights, out);
}

}  // namespace magpie

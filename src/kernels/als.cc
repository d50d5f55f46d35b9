#include "kernels/als.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "base/random.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Square = Eigen::MatrixXf;
using ConstRows = Eigen::Map<const RowMajor>;
using ConstVector = Eigen::Map<const Eigen::VectorXf>;

// Rows gathered at once: enough to keep the update's arithmetic dense, few enough to stay in the cache.
constexpr std::size_t kGatherRows = 128;
constexpr double kInitialDeviation = 0.1;

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

ConstRows as_eigen(const Matrix& matrix) { return {matrix.values.data(), index(matrix.rows), index(matrix.columns)}; }

Square gram_of(const Matrix& factors) {
  Square sum = Square::Zero(index(factors.columns), index(factors.columns));
  sum.selfadjointView<Eigen::Lower>().rankUpdate(as_eigen(factors).transpose());
  return sum.selfadjointView<Eigen::Lower>();
}

// Solves one row's normal equations at a time; one for each thread, since it owns the scratch memory.
class RowSolver {
 public:
  RowSolver(const Matrix& fixed, const Eigen::Ref<const Square>& fixed_gram, const AlsParameters& parameters)
      : fixed_(fixed), gram_(fixed_gram), parameters_(parameters), gathered_(kGatherRows, index(fixed.columns)) {}

  void solve(std::span<const std::uint32_t> columns, std::span<const float> weights, std::span<float> out) {
    Eigen::Map<Eigen::VectorXf> solution(out.data(), index(out.size()));
    if (columns.empty()) {
      solution.setZero();
      return;
    }
    normal_ = gram_;
    normal_.diagonal().array() += regularization(weights);
    target_.setZero(solution.size());
    for (std::size_t from = 0; from < columns.size(); from += kGatherRows) {
      const std::size_t count = std::min(kGatherRows, columns.size() - from);
      add_block(columns.subspan(from, count), weights.subspan(from, count));
    }
    factorization_.compute(normal_);
    solution = factorization_.solve(target_);
  }

 private:
  // reg (1 + alpha * row weight)^nu
  [[nodiscard]] float regularization(std::span<const float> weights) const {
    if (parameters_.frequency_exponent == 0) return parameters_.regularization;
    float sum = 0;
    for (const float weight : weights) sum += weight;
    return parameters_.regularization * std::pow(1 + parameters_.alpha * sum, parameters_.frequency_exponent);
  }

  // normal += sum of (c - 1) y y^T, target += sum of c y, with c = 1 + alpha r.
  void add_block(std::span<const std::uint32_t> columns, std::span<const float> weights) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::span<const float> row = fixed_.row(columns[i]);
      const ConstVector factors(row.data(), index(row.size()));
      const float extra = parameters_.alpha * weights[i];
      target_ += (1 + extra) * factors;
      gathered_.row(index(i)) = std::sqrt(extra) * factors.transpose();
    }
    normal_.selfadjointView<Eigen::Lower>().rankUpdate(gathered_.topRows(index(columns.size())).transpose());
  }

  const Matrix& fixed_;
  const Eigen::Ref<const Square> gram_;
  const AlsParameters& parameters_;
  RowMajor gathered_;
  Square normal_;  // Lower triangle.
  Eigen::VectorXf target_;
  Eigen::LLT<Square> factorization_;
};

// Each row depends on the fixed side only, so how rows fall to threads changes nothing.
void half_step(const SparseMatrix& interactions, const Matrix& fixed, const AlsParameters& parameters, Matrix& solved) {
  const Square fixed_gram = gram_of(fixed);
  const std::size_t threads = std::max(1U, parameters.threads);
  const auto solve_every = [&](std::size_t first) {
    RowSolver solver(fixed, fixed_gram, parameters);
    for (std::size_t row = first; row < solved.rows; row += threads) {
      solver.solve(interactions.row_indices(row), interactions.row_values(row), solved.row(row));
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t worker = 1; worker < threads; ++worker) workers.emplace_back(solve_every, worker);
  solve_every(0);
}

Matrix initial_factors(std::size_t rows, const AlsParameters& parameters) {
  Random random(parameters.seed);
  Matrix factors(rows, parameters.factors);
  for (float& value : factors.values) value = static_cast<float>(kInitialDeviation * random.normal());
  return factors;
}

}  // namespace

AlsModel train_als(const SparseMatrix& interactions, const AlsParameters& parameters,
                   const std::function<void(std::size_t, std::size_t)>& progress) {
  const SparseMatrix by_item = transpose(interactions);
  AlsModel model{Matrix(interactions.rows(), parameters.factors), initial_factors(interactions.columns, parameters)};
  for (std::size_t iteration = 0; iteration < parameters.iterations; ++iteration) {
    half_step(interactions, model.item_factors, parameters, model.user_factors);
    half_step(by_item, model.user_factors, parameters, model.item_factors);
    if (progress) progress(iteration + 1, parameters.iterations);
  }
  // Users end as the exact solution for the final items: what folding the same user in would give.
  half_step(interactions, model.item_factors, parameters, model.user_factors);
  return model;
}

Matrix gram(const Matrix& factors) {
  Matrix sum(factors.columns, factors.columns);
  Eigen::Map<RowMajor>(sum.values.data(), index(sum.rows), index(sum.columns)) = gram_of(factors);
  return sum;
}

void fold_in_user(const Matrix& item_factors, const Matrix& item_gram, std::span<const std::uint32_t> items,
                  std::span<const float> weights, const AlsParameters& parameters, std::span<float> out) {
  // Symmetric, so the order of storage does not matter.
  const Eigen::Map<const Square> stored_gram(item_gram.values.data(), index(item_gram.rows), index(item_gram.columns));
  RowSolver(item_factors, stored_gram, parameters).solve(items, weights, out);
}

}  // namespace magpie

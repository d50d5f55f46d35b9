#include "kernels/als.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

using Dense = Eigen::MatrixXd;

// Users and items in two groups; most interactions are inside a group. One user and one item have none.
SparseMatrix random_interactions(std::size_t users, std::size_t items, std::uint64_t seed, double density = 0.4) {
  Random random(seed);
  SparseMatrix matrix;
  matrix.columns = items;
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t item = 0; user > 0 && item + 1 < items; ++item) {
      const double likely = user % 2 == item % 2 ? density : density / 8;
      if (random.uniform() >= likely) continue;
      matrix.indices.push_back(static_cast<std::uint32_t>(item));
      matrix.values.push_back(static_cast<float>(1 + random.below(3)));
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

Dense dense(const SparseMatrix& matrix) {
  Dense result = Dense::Zero(static_cast<Eigen::Index>(matrix.rows()), static_cast<Eigen::Index>(matrix.columns));
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t i = 0; i < matrix.row_indices(row).size(); ++i) {
      result(static_cast<Eigen::Index>(row), matrix.row_indices(row)[i]) = matrix.row_values(row)[i];
    }
  }
  return result;
}

Dense dense(const Matrix& matrix) {
  Dense result(static_cast<Eigen::Index>(matrix.rows), static_cast<Eigen::Index>(matrix.columns));
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      result(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = matrix.row(row)[column];
    }
  }
  return result;
}

double regularization(const Eigen::VectorXd& weights, const AlsParameters& parameters) {
  const double confidence = static_cast<double>(weights.size()) + parameters.alpha * weights.sum();
  return parameters.regularization * std::pow(confidence, parameters.frequency_exponent);
}

// The oracle: every confidence written out, every cell of the matrix visited, in double precision.
Dense naive_half_step(const Dense& weights, const Dense& fixed, const AlsParameters& parameters) {
  Dense solved = Dense::Zero(weights.rows(), fixed.cols());
  for (Eigen::Index row = 0; row < weights.rows(); ++row) {
    if (weights.row(row).isZero()) continue;
    Dense normal = regularization(weights.row(row), parameters) * Dense::Identity(fixed.cols(), fixed.cols());
    Eigen::VectorXd target = Eigen::VectorXd::Zero(fixed.cols());
    for (Eigen::Index column = 0; column < weights.cols(); ++column) {
      const double confidence = 1 + parameters.alpha * weights(row, column);
      const Eigen::VectorXd factors = fixed.row(column);
      normal += confidence * factors * factors.transpose();
      if (weights(row, column) > 0) target += confidence * factors;
    }
    solved.row(row) = normal.fullPivLu().solve(target);
  }
  return solved;
}

double loss(const Dense& weights, const AlsModel& model, const AlsParameters& parameters) {
  const Dense users = dense(model.user_factors);
  const Dense items = dense(model.item_factors);
  double sum = 0;
  for (Eigen::Index row = 0; row < weights.rows(); ++row) {
    sum += regularization(weights.row(row), parameters) * users.row(row).squaredNorm();
  }
  for (Eigen::Index column = 0; column < weights.cols(); ++column) {
    sum += regularization(weights.col(column), parameters) * items.row(column).squaredNorm();
  }
  for (Eigen::Index row = 0; row < weights.rows(); ++row) {
    for (Eigen::Index column = 0; column < weights.cols(); ++column) {
      const double preference = weights(row, column) > 0 ? 1 : 0;
      const double error = preference - users.row(row).dot(items.row(column));
      sum += (1 + parameters.alpha * weights(row, column)) * error * error;
    }
  }
  return sum;
}

AlsParameters small_parameters() {
  AlsParameters parameters;
  parameters.factors = 8;
  parameters.iterations = 4;
  parameters.regularization = 0.5F;
  parameters.alpha = 2;
  parameters.threads = 1;
  return parameters;
}

// Scores, since the factors may come out in another basis.
void expect_same_as_naive(const SparseMatrix& interactions, const AlsParameters& parameters) {
  const Dense weights = dense(interactions);
  AlsParameters untrained = parameters;
  untrained.iterations = 0;
  Dense items = dense(train_als(interactions, untrained).item_factors);
  for (std::size_t iteration = 0; iteration < parameters.iterations; ++iteration) {
    const Dense users = naive_half_step(weights, items, parameters);
    items = naive_half_step(weights.transpose(), users, parameters);
  }
  const Dense users = naive_half_step(weights, items, parameters);
  const AlsModel model = train_als(interactions, parameters);
  const Dense scores = dense(model.user_factors) * dense(model.item_factors).transpose();
  EXPECT_LT((scores - users * items.transpose()).cwiseAbs().maxCoeff(), 2e-3);
}

TEST(Als, IsTheSameAsADenseSolve) { expect_same_as_naive(random_interactions(60, 40, 7), small_parameters()); }

TEST(Als, IsTheSameAsADenseSolveWithRegularizationByFrequency) {
  AlsParameters parameters = small_parameters();
  parameters.regularization = 0.02F;
  parameters.frequency_exponent = 0.7F;
  expect_same_as_naive(random_interactions(60, 40, 7), parameters);
}

TEST(Als, IsTheSameAsADenseSolveWhereRowsAreShorterThanFactors) {
  AlsParameters parameters = small_parameters();
  parameters.factors = 40;
  parameters.solver = AlsSolver::kCholesky;
  expect_same_as_naive(random_interactions(900, 60, 7, 0.15), parameters);
}

TEST(Als, IsTheSameAsADenseSolveWithOneFactor) {
  AlsParameters parameters = small_parameters();
  parameters.factors = 1;
  expect_same_as_naive(random_interactions(60, 40, 7), parameters);
}

TEST(Als, BlocksAsWideAsTheModelAreTheExactSolution) {
  AlsParameters parameters = small_parameters();
  parameters.factors = 24;
  parameters.solver = AlsSolver::kSubspace;
  parameters.block = 32;
  expect_same_as_naive(random_interactions(60, 40, 7), parameters);
}

class AlsSolvers : public ::testing::TestWithParam<AlsSolver> {
 protected:
  [[nodiscard]] static AlsParameters parameters() {
    AlsParameters parameters = small_parameters();
    parameters.factors = 40;
    parameters.solver = GetParam();
    parameters.block = 16;
    return parameters;
  }
};

TEST_P(AlsSolvers, LossNeverRises) {
  const SparseMatrix interactions = random_interactions(900, 60, 8, 0.15);
  const Dense weights = dense(interactions);
  AlsParameters parameters = AlsSolvers::parameters();
  double before = std::numeric_limits<double>::infinity();
  for (parameters.iterations = 0; parameters.iterations < 8; ++parameters.iterations) {
    const double now = loss(weights, train_als(interactions, parameters), parameters);
    EXPECT_LE(now, before * (1 + 1e-6)) << "after " << parameters.iterations << " iterations";
    before = now;
  }
}

TEST_P(AlsSolvers, IsTheSameWhateverTheThreads) {
  const SparseMatrix interactions = random_interactions(900, 60, 9, 0.15);
  AlsParameters parameters = AlsSolvers::parameters();
  const AlsModel alone = train_als(interactions, parameters);
  for (const unsigned threads : {2U, 3U, 200U}) {
    parameters.threads = threads;
    const AlsModel together = train_als(interactions, parameters);
    EXPECT_EQ(alone.user_factors, together.user_factors);
    EXPECT_EQ(alone.item_factors, together.item_factors);
  }
}

TEST_P(AlsSolvers, GoesOnFromAModel) {
  const SparseMatrix interactions = random_interactions(900, 60, 9, 0.15);
  const Dense weights = dense(interactions);
  AlsParameters parameters = AlsSolvers::parameters();
  const AlsModel start = train_als(interactions, parameters);
  const double before = loss(weights, start, parameters);
  parameters.iterations = 1;
  EXPECT_LT(loss(weights, continue_als(start, interactions, parameters), parameters), before);
}

TEST_P(AlsSolvers, FoldingAUserInGivesTheTrainedFactors) {
  const SparseMatrix interactions = random_interactions(900, 60, 13, 0.15);
  AlsParameters parameters = AlsSolvers::parameters();
  parameters.regularization = 0.02F;
  parameters.frequency_exponent = 0.5F;
  const AlsModel model = train_als(interactions, parameters);
  const Matrix item_gram = gram(model.item_factors);
  for (std::size_t user = 0; user < interactions.rows(); ++user) {
    std::vector<float> folded(parameters.factors);
    fold_in_user(model.item_factors, item_gram, interactions.row_indices(user), interactions.row_values(user),
                 parameters, folded);
    for (std::size_t k = 0; k < folded.size(); ++k) EXPECT_NEAR(folded[k], model.user_factors.row(user)[k], 2e-4);
  }
}

TEST_P(AlsSolvers, ExtremeWeightsStayFinite) {
  SparseMatrix interactions = random_interactions(900, 60, 13, 0.15);
  for (std::size_t i = 0; i < interactions.values.size(); ++i) interactions.values[i] = i % 2 == 0 ? 1e-6F : 1e6F;
  const AlsModel model = train_als(interactions, parameters());
  for (const float value : model.user_factors.values) EXPECT_TRUE(std::isfinite(value));
  for (const float value : model.item_factors.values) EXPECT_TRUE(std::isfinite(value));
}

INSTANTIATE_TEST_SUITE_P(Solvers, AlsSolvers, ::testing::Values(AlsSolver::kCholesky, AlsSolver::kSubspace));

TEST(Als, TheFormWithAnUnobservedWeightHasTheSameMinimum) {
  // alpha0 = 0.1 and lambda = 0.05 against the scaled confidence 1 + 10 r: one is ten times the other but for the
  // target.
  const AlsParameters converted = with_unobserved_weight(small_parameters(), 0.1, 0.05, 0.5);
  EXPECT_FLOAT_EQ(converted.alpha, 10);
  EXPECT_FLOAT_EQ(converted.frequency_exponent, 0.5F);
  // lambda (0.1 columns + n)^0.5 / 0.1 = regularization (columns + 10 n)^0.5
  EXPECT_NEAR(converted.regularization * std::sqrt(50 + 10 * 7), 0.05 * std::sqrt(0.1 * 50 + 7) / 0.1, 1e-5);
}

TEST(Als, AnotherSeedGivesAnotherModel) {
  const SparseMatrix interactions = random_interactions(20, 10, 10);
  AlsParameters parameters = small_parameters();
  const AlsModel first = train_als(interactions, parameters);
  parameters.seed = 43;
  EXPECT_NE(first.item_factors, train_als(interactions, parameters).item_factors);
}

TEST(Als, RowsWithoutInteractionsAreZero) {
  const AlsModel model = train_als(random_interactions(20, 10, 11), small_parameters());
  for (const float value : model.user_factors.row(0)) EXPECT_EQ(value, 0);
  for (const float value : model.item_factors.row(9)) EXPECT_EQ(value, 0);
}

TEST(Als, PrefersTheUsersOwnGroup) {
  const AlsModel model = train_als(random_interactions(100, 40, 12), small_parameters());
  const Dense scores = dense(model.user_factors) * dense(model.item_factors).transpose();
  double own = 0;
  double other = 0;
  for (Eigen::Index user = 1; user < scores.rows(); ++user) {
    for (Eigen::Index item = 0; item < scores.cols() - 1; ++item) {
      (user % 2 == item % 2 ? own : other) += scores(user, item);
    }
  }
  EXPECT_GT(own, 3 * other);
}

TEST(Als, GramIsTheSumOfOuterProducts) {
  Matrix factors(3, 2);
  factors.values = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(gram(factors).values, (std::vector<float>{35, 44, 44, 56}));
}

TEST(Als, ReportsEachIteration) {
  std::vector<std::size_t> seen;
  const AlsParameters parameters = small_parameters();
  (void)train_als(random_interactions(5, 5, 14), parameters, [&](std::size_t done, std::size_t of) {
    EXPECT_EQ(of, parameters.iterations);
    seen.push_back(done);
  });
  EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(Als, NothingToLearnFromIsNoError) {
  SparseMatrix nothing;
  nothing.columns = 0;
  const AlsModel model = train_als(nothing, small_parameters());
  EXPECT_EQ(model.user_factors.rows, 0U);
  EXPECT_EQ(model.item_factors.rows, 0U);
}

}  // namespace
}  // namespace magpie

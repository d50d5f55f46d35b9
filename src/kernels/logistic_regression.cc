#include "kernels/logistic_regression.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace magpie {
namespace {

constexpr double kSmallestDeviation = 1e-9;  // A column that varies less is a constant.
constexpr double kConverged = 1e-10;         // Relative gain of a step.
constexpr double kSmallestStep = 1e-6;
constexpr std::size_t kBlock = 1024;  // Rows that are turned into doubles together.

using Vector = Eigen::VectorXd;
using Block = Eigen::MatrixXd;  // Rows x (columns + 1); the last column is 1, for the intercept.

double log1p_exp(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

struct Evaluated {
  double value = 0;
  Vector gradient;
  Block hessian;  // Lower triangle.
};

// The objective over features divided by `deviation`.
class Problem {
 public:
  Problem(const Matrix& features, std::span<const std::uint8_t> labels, Vector deviation, double l2)
      : features_(features), labels_(labels), deviation_(std::move(deviation)), l2_(l2) {}

  [[nodiscard]] Evaluated evaluate(const Vector& weights) const {
    const Eigen::Index n = weights.size();
    Evaluated result{0, Vector::Zero(n), Block::Zero(n, n)};
    for (std::size_t first = 0; first < features_.rows; first += kBlock) {
      add_block(first, std::min(kBlock, features_.rows - first), weights, result);
    }
    const Eigen::Index penalised = n - 1;
    result.value += l2_ / 2 * weights.head(penalised).squaredNorm();
    result.gradient.head(penalised) += l2_ * weights.head(penalised);
    result.hessian.diagonal().head(penalised).array() += l2_;
    return result;
  }

 private:
  [[nodiscard]] Block block(std::size_t first, std::size_t rows) const {
    const auto columns = static_cast<Eigen::Index>(features_.columns);
    Block x(static_cast<Eigen::Index>(rows), columns + 1);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto values = Eigen::Map<const Eigen::VectorXf>(features_.row(first + row).data(), columns);
      x.row(static_cast<Eigen::Index>(row)).head(columns) = values.cast<double>().cwiseQuotient(deviation_).transpose();
    }
    x.col(columns).setOnes();
    return x;
  }

  void add_block(std::size_t first, std::size_t rows, const Vector& weights, Evaluated& result) const {
    const Block x = block(first, rows);
    const Vector scores = x * weights;
    Vector residual(scores.size());
    Vector spread(scores.size());  // Square root of the curvature of each row.
    for (Eigen::Index row = 0; row < scores.size(); ++row) {
      const double label = labels_[first + static_cast<std::size_t>(row)];
      const double probability = sigmoid(scores[row]);
      result.value += log1p_exp(scores[row]) - label * scores[row];
      residual[row] = probability - label;
      spread[row] = std::sqrt(probability * (1 - probability));
    }
    result.gradient += x.transpose() * residual;
    const Block weighted = spread.asDiagonal() * x;
    result.hessian.selfadjointView<Eigen::Lower>().rankUpdate(weighted.transpose());
  }

  const Matrix& features_;
  std::span<const std::uint8_t> labels_;
  Vector deviation_;  // 1 / 0 would be a constant column's: infinity makes it 0 everywhere.
  double l2_;
};

// Infinity for a constant column: divided by it, it is 0 and gets the weight 0.
Vector deviations(const Matrix& features) {
  const auto columns = static_cast<Eigen::Index>(features.columns);
  Vector sum = Vector::Zero(columns);
  Vector squares = Vector::Zero(columns);
  for (std::size_t row = 0; row < features.rows; ++row) {
    const Vector x = Eigen::Map<const Eigen::VectorXf>(features.row(row).data(), columns).cast<double>();
    sum += x;
    squares += x.cwiseProduct(x);
  }
  const double count = static_cast<double>(features.rows);
  const Vector mean = sum / count;
  Vector deviation = (squares / count - mean.cwiseProduct(mean)).cwiseMax(0).cwiseSqrt();
  for (Eigen::Index i = 0; i < columns; ++i) {
    // Relative to the mean: sums of squares of a large constant do not cancel to the last bit.
    if (deviation[i] < kSmallestDeviation * (1 + std::abs(mean[i]))) {
      deviation[i] = std::numeric_limits<double>::infinity();
    }
  }
  return deviation;
}

// The intercept alone, for the rate of the labels.
Vector start(std::span<const std::uint8_t> labels, Eigen::Index size) {
  const auto positive = static_cast<double>(std::count(labels.begin(), labels.end(), std::uint8_t{1}));
  const auto negative = static_cast<double>(labels.size()) - positive;
  Vector weights = Vector::Zero(size);
  weights[size - 1] = std::log(std::max(positive, 0.5) / std::max(negative, 0.5));
  return weights;
}

bool all_agree(std::span<const std::uint8_t> labels) {
  return std::all_of(labels.begin(), labels.end(), [&labels](std::uint8_t label) { return label == labels.front(); });
}

Vector minimise(const Problem& problem, Vector weights, std::size_t iterations) {
  Evaluated best = problem.evaluate(weights);
  for (std::size_t iteration = 0; iteration < iterations; ++iteration) {
    const Vector direction = best.hessian.selfadjointView<Eigen::Lower>().ldlt().solve(best.gradient);
    double step = 1;
    Evaluated next = problem.evaluate(weights - direction);
    while (!(next.value < best.value) && step > kSmallestStep) {
      step /= 2;
      next = problem.evaluate(weights - step * direction);
    }
    const double gain = best.value - next.value;
    if (!(gain > 0)) break;
    weights -= step * direction;
    best = std::move(next);
    if (gain < kConverged * (1 + std::abs(best.value))) break;
  }
  return weights;
}

}  // namespace

LogisticModel fit_logistic(const Matrix& features, std::span<const std::uint8_t> labels,
                           const LogisticParameters& parameters) {
  LogisticModel model;
  model.weights.assign(features.columns, 0);
  if (features.rows == 0) return model;
  const Vector deviation = deviations(features);
  Vector weights = start(labels, static_cast<Eigen::Index>(features.columns) + 1);
  if (!all_agree(labels)) {
    weights = minimise(Problem(features, labels, deviation, parameters.l2), std::move(weights), parameters.iterations);
  }
  for (std::size_t column = 0; column < features.columns; ++column) {
    const auto at = static_cast<Eigen::Index>(column);
    model.weights[column] = static_cast<float>(weights[at] / deviation[at]);
  }
  model.intercept = static_cast<float>(weights[weights.size() - 1]);
  return model;
}

float logistic_probability(std::span<const float> weights, float intercept, std::span<const float> row) {
  double score = static_cast<double>(intercept);
  for (std::size_t i = 0; i < row.size(); ++i) score += static_cast<double>(weights[i]) * static_cast<double>(row[i]);
  return static_cast<float>(sigmoid(score));
}

LogisticObjective logistic_objective(const Matrix& features, std::span<const std::uint8_t> labels,
                                     std::span<const double> weights_and_intercept, double l2) {
  const auto columns = static_cast<Eigen::Index>(features.columns);
  const Problem problem(features, labels, Vector::Ones(columns), l2);
  const Evaluated evaluated = problem.evaluate(Eigen::Map<const Vector>(weights_and_intercept.data(), columns + 1));
  return {evaluated.value, {evaluated.gradient.begin(), evaluated.gradient.end()}};
}

}  // namespace magpie

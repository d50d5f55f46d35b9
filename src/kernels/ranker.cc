#include "kernels/ranker.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace magpie {
namespace {

using Weights = Eigen::Matrix<double, kRankerFeatures, 1>;
using Hessian = Eigen::Matrix<double, kRankerFeatures, kRankerFeatures>;

constexpr double kSmallestDeviation = 1e-6;  // A feature that varies less is a constant.
constexpr double kConverged = 1e-6;          // Gain of the objective per step.
constexpr double kSmallestStep = 1e-4;

// In the order of RankerFeature, for features divided by their deviation; and those deviations.
constexpr std::array<float, kRankerFeatures> kPriorWeights = {0.9F, 0.3F, 0.6F, 0.0F, 0.2F, 0.1F, 0.0F, 0.0F};
constexpr std::array<float, kRankerFeatures> kPriorScale = {0.042F, 0.085F, 0.218F, 0.994F, 0.09F, 0.088F, 0.1F, 0.2F};

Weights prior() {
  return Eigen::Map<const Eigen::Matrix<float, kRankerFeatures, 1>>(kPriorWeights.data()).cast<double>();
}

Weights standardized(const Weights& deviation, std::span<const float> row) {
  Weights x;
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    x[at] = static_cast<double>(row[k]) / deviation[at];
  }
  return x;
}

// Standard deviation of each feature over all candidates; 1 for a constant one: within a list a constant cancels.
Weights deviations(std::span<const RankerExample> examples) {
  Weights sum = Weights::Zero();
  Weights squares = Weights::Zero();
  double count = 0;
  for (const RankerExample& example : examples) {
    for (std::size_t row = 0; row < example.features.rows; ++row) {
      const Weights x = standardized(Weights::Ones(), example.features.row(row));
      sum += x;
      squares += x.cwiseProduct(x);
      ++count;
    }
  }
  const Weights mean = sum / count;
  Weights deviation = (squares / count - mean.cwiseProduct(mean)).cwiseMax(0).cwiseSqrt();
  for (double& value : deviation) value = value < kSmallestDeviation ? 1 : value;
  return deviation;
}

struct Objective {
  double log_likelihood = 0;  // Sum over examples.
  double value = 0;           // log_likelihood - l2 / 2 |w - prior|^2
  Weights gradient = Weights::Zero();
  Hessian curvature = Hessian::Zero();  // Negated Hessian: positive definite.
};

void add_example(const RankerExample& example, const Weights& deviation, const Weights& weights, Objective& objective) {
  const std::size_t rows = example.features.rows;
  std::vector<double> scores(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    scores[row] = weights.dot(standardized(deviation, example.features.row(row)));
  }
  const double highest = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (const double score : scores) total += std::exp(score - highest);
  Weights mean = Weights::Zero();
  for (std::size_t row = 0; row < rows; ++row) {
    const Weights x = standardized(deviation, example.features.row(row));
    const double probability = std::exp(scores[row] - highest) / total;
    mean += probability * x;
    objective.curvature += probability * x * x.transpose();
  }
  objective.curvature -= mean * mean.transpose();
  objective.gradient += standardized(deviation, example.features.row(*example.chosen)) - mean;
  objective.log_likelihood += scores[*example.chosen] - highest - std::log(total);
}

Objective evaluate(std::span<const RankerExample> examples, const Weights& deviation, const Weights& weights,
                   double l2) {
  Objective objective;
  for (const RankerExample& example : examples) {
    if (example.chosen) add_example(example, deviation, weights, objective);
  }
  objective.value = objective.log_likelihood - l2 / 2 * (weights - prior()).squaredNorm();
  objective.gradient -= l2 * (weights - prior());
  objective.curvature += l2 * Hessian::Identity();
  return objective;
}

RankerModel as_model(const Weights& weights, const Weights& deviation) {
  RankerModel model;
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    model.weights[k] = static_cast<float>(weights[static_cast<Eigen::Index>(k)]);
    model.scale[k] = static_cast<float>(deviation[static_cast<Eigen::Index>(k)]);
  }
  return model;
}

}  // namespace

RankerFit fit_ranker(std::span<const RankerExample> examples, const RankerParameters& parameters) {
  const auto has_rows = [](const RankerExample& example) { return example.features.rows > 0; };
  if (std::none_of(examples.begin(), examples.end(), has_rows)) return {default_ranker(), 0, 0};
  const Weights deviation = deviations(examples);
  Weights weights = prior();
  Objective best = evaluate(examples, deviation, weights, parameters.l2);
  for (std::size_t iteration = 0; iteration < parameters.iterations; ++iteration) {
    const Weights direction = best.curvature.ldlt().solve(best.gradient);
    double step = 1;
    Objective next = evaluate(examples, deviation, weights + direction, parameters.l2);
    for (; next.value <= best.value && step > kSmallestStep; step /= 2) {
      next = evaluate(examples, deviation, weights + step / 2 * direction, parameters.l2);
    }
    const double gain = next.value - best.value;
    if (gain <= 0) break;
    weights += step * direction;
    best = next;
    if (gain < kConverged) break;
  }
  const auto choices = static_cast<std::size_t>(std::count_if(
      examples.begin(), examples.end(), [](const RankerExample& example) { return example.chosen.has_value(); }));
  const double mean = choices == 0 ? 0 : best.log_likelihood / static_cast<double>(choices);
  return {as_model(weights, deviation), mean, choices};
}

RankerModel default_ranker() { return {kPriorWeights, kPriorScale}; }

std::array<float, kRankerFeatures> ranker_contributions(const RankerModel& model, std::span<const float> features) {
  std::array<float, kRankerFeatures> parts{};
  for (std::size_t k = 0; k < kRankerFeatures; ++k) parts[k] = model.weights[k] * (features[k] / model.scale[k]);
  return parts;
}

float ranker_score(const RankerModel& model, std::span<const float> features) {
  const std::array<float, kRankerFeatures> parts = ranker_contributions(model, features);
  return std::accumulate(parts.begin(), parts.end(), 0.0F);
}

}  // namespace magpie

#include "kernels/ranker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

// Choices made by a user with these weights, on features of very different scales; kConstant does not vary.
constexpr std::size_t kConstant = 5;

std::vector<RankerExample> choices(const std::vector<double>& weights, std::size_t count, Random& random) {
  const std::vector<double> scale = {1, 0.01, 100, 1, 1, 0, 1, 1};
  std::vector<RankerExample> examples;
  for (std::size_t n = 0; n < count; ++n) {
    RankerExample example;
    example.features = Matrix(20, kRankerFeatures);
    std::vector<double> odds(20);
    for (std::size_t row = 0; row < 20; ++row) {
      double score = 0;
      for (std::size_t k = 0; k < kRankerFeatures; ++k) {
        const double x = random.normal();
        example.features.row(row)[k] = static_cast<float>(scale[k] * x + 3);
        if (scale[k] > 0) score += weights[k] * x;
      }
      odds[row] = std::exp(score);
    }
    double draw = random.uniform() * std::accumulate(odds.begin(), odds.end(), 0.0);
    std::size_t chosen = 0;
    while (chosen + 1 < odds.size() && (draw -= odds[chosen]) > 0) ++chosen;
    example.chosen = chosen;
    examples.push_back(std::move(example));
  }
  return examples;
}

TEST(Ranker, RecoversTheWeightsThatMadeTheChoices) {
  Random random(11);
  const std::vector<double> weights = {1.5, -0.8, 0.3, 0, 0.6, 0, 0.4, -0.2};
  const RankerFit fit = fit_ranker(choices(weights, 4000, random));
  EXPECT_EQ(fit.choices, 4000U);
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    if (k == kConstant) continue;
    EXPECT_NEAR(fit.model.weights[k], weights[k], 0.1) << k;
  }
  EXPECT_NEAR(fit.model.scale[1], 0.01, 0.001);
  EXPECT_NEAR(fit.model.scale[2], 100, 2);
}

// The oracle: at the maximum the objective falls whichever way one steps.
double objective(const std::vector<RankerExample>& examples, const RankerModel& model, double l2) {
  double sum = 0;
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    sum -= l2 / 2 * std::pow(model.weights[k] - default_ranker().weights[k], 2);
  }
  for (const RankerExample& example : examples) {
    double total = 0;
    for (std::size_t row = 0; row < example.features.rows; ++row) {
      total += std::exp(static_cast<double>(ranker_score(model, example.features.row(row))) -
                        static_cast<double>(ranker_score(model, example.features.row(*example.chosen))));
    }
    sum -= std::log(total);
  }
  return sum;
}

TEST(Ranker, IsTheMaximumOfItsObjective) {
  Random random(12);
  const std::vector<RankerExample> examples = choices({1, 0.5, -0.5, 0.2, 0, 0, 0.3, 0}, 50, random);
  const RankerFit fit = fit_ranker(examples, {.l2 = 2.0});
  const double best = objective(examples, fit.model, 2.0);
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    for (const float step : {-0.05F, 0.05F}) {
      RankerModel moved = fit.model;
      moved.weights[k] += step;
      EXPECT_LT(objective(examples, moved, 2.0), best) << k;
    }
  }
}

TEST(Ranker, WithoutChoicesTheWeightsAreTheDefaultsAndTheScalesTheData) {
  Random random(13);
  std::vector<RankerExample> examples = choices(std::vector<double>(kRankerFeatures, 1), 100, random);
  for (RankerExample& example : examples) example.chosen.reset();
  const RankerFit fit = fit_ranker(examples);
  EXPECT_EQ(fit.choices, 0U);
  EXPECT_EQ(fit.model.weights, default_ranker().weights);
  EXPECT_NEAR(fit.model.scale[2], 100, 10);
  EXPECT_FLOAT_EQ(fit.model.scale[kConstant], 1) << "a constant has no deviation";
}

TEST(Ranker, WithoutCandidatesItIsTheDefault) {
  EXPECT_EQ(fit_ranker({}).model, default_ranker());
  const std::vector<RankerExample> empty(3, RankerExample{Matrix(0, kRankerFeatures), std::nullopt});
  EXPECT_EQ(fit_ranker(empty).model, default_ranker());
}

TEST(Ranker, IsDeterministic) {
  Random first(14);
  Random second(14);
  const std::vector<double> weights(kRankerFeatures, 0.5);
  EXPECT_EQ(fit_ranker(choices(weights, 30, first)).model, fit_ranker(choices(weights, 30, second)).model);
}

TEST(Ranker, ContributionsSumToTheScore) {
  const std::vector<float> features = {0.1F, 0.2F, 0.3F, 4, 0.5F, 0.6F, 0.7F, 0.8F};
  const auto parts = ranker_contributions(default_ranker(), features);
  EXPECT_FLOAT_EQ(std::accumulate(parts.begin(), parts.end(), 0.0F), ranker_score(default_ranker(), features));
}

}  // namespace
}  // namespace magpie

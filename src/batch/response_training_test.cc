#include "batch/response_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace magpie::batch {
namespace {

// Users who choose the candidate with the highest first feature, mostly; one in five chooses none of them.
std::vector<RankerExample> holdout(std::size_t users, Random& random) {
  std::vector<RankerExample> examples;
  for (std::size_t user = 0; user < users; ++user) {
    RankerExample example;
    example.features = Matrix(20, kRankerFeatures);
    std::size_t best = 0;
    for (std::size_t row = 0; row < 20; ++row) {
      example.features.row(row)[0] = static_cast<float>(random.normal());
      if (example.features.row(row)[0] > example.features.row(best)[0]) best = row;
    }
    if (random.below(5) > 0) example.chosen = random.below(3) > 0 ? best : random.below(20);
    examples.push_back(std::move(example));
  }
  return examples;
}

// Impressions of which the first positions are clicked more often, and one click in four becomes a purchase.
LoggedResponses logged(std::size_t users, Random& random) {
  LoggedResponses responses;
  responses.clicks.features = Matrix(users * 10, kResponseFeatures);
  for (std::size_t i = 0; i < users * 10; ++i) {
    ResponseInput input;
    input.position = static_cast<std::uint32_t>(i % 10);
    fill_response_features(input, responses.clicks.features.row(i));
    const bool clicked = random.uniform() < 0.3 / (1 + input.position);
    responses.clicks.labels.push_back(clicked ? 1 : 0);
    responses.purchases.push_back(clicked && random.below(4) == 0 ? 1 : 0);
    responses.clicks.groups.push_back(i / 10);
  }
  return responses;
}

float probability(const ResponseHead& head, const ResponseInput& input) {
  std::vector<float> features(kResponseFeatures);
  fill_response_features(input, features);
  return response_probability(head, features);
}

TEST(FitResponseHeads, LearnFromImpressionsWhereEnoughWereClicked) {
  Random random(101);
  const ResponseModel model = fit_response_heads(logged(5000, random), {});
  EXPECT_EQ(model.source, ResponseSource::kImpressions);
  ASSERT_TRUE(model.click.has_value());
  ASSERT_TRUE(model.conversion.has_value());
  EXPECT_NEAR(probability(*model.click, {}), 0.3, 0.05);
  EXPECT_NEAR(probability(*model.conversion, {}), 0.075, 0.02);
  ResponseInput last;
  last.position = 9;
  EXPECT_NEAR(probability(*model.click, last), 0.03, 0.015);
  EXPECT_LT(model.click->quality.expected_calibration_error, 0.015);
  EXPECT_TRUE(knows_response_features(model));
}

TEST(FitResponseHeads, LearnFromTheHoldoutOtherwise) {
  Random random(102);
  const ResponseModel model = fit_response_heads(logged(50, random), holdout(4000, random));
  EXPECT_EQ(model.source, ResponseSource::kHoldout);
  ASSERT_TRUE(model.click.has_value());
  EXPECT_FALSE(model.conversion.has_value());
  EXPECT_LT(model.click->quality.log_loss, 0.8 * model.click->quality.base_log_loss);
  EXPECT_LT(model.click->quality.expected_calibration_error, 0.01);
  ResponseInput good;
  good.candidate.emplace()[0] = 2.5F;
  ResponseInput bad;
  bad.candidate.emplace()[0] = -1;
  EXPECT_GT(probability(*model.click, good), 0.3F);
  EXPECT_LT(probability(*model.click, bad), 0.03F);
}

TEST(FitResponseHeads, SayNothingWhereThereIsNothingToLearnFrom) {
  const ResponseModel model = fit_response_heads({}, {});
  EXPECT_EQ(model.source, ResponseSource::kNothing);
  EXPECT_FALSE(model.click.has_value());
}

TEST(HoldoutResponses, KeepUsersWholeWithinTheLimit) {
  Random random(103);
  const std::vector<RankerExample> users = holdout(100, random);
  EXPECT_EQ(holdout_responses(users, 1'000'000).labels.size(), 2000U);
  const ResponseExamples some = holdout_responses(users, 500);
  EXPECT_EQ(some.labels.size(), 500U);
  EXPECT_EQ(some.features.rows, 500U);
  EXPECT_EQ(some.groups.front(), 0U);
  EXPECT_EQ(some.groups.back(), 96U) << "spread over all";
  const auto label = std::ranges::find(some.labels, 1);
  ASSERT_NE(label, some.labels.end());
}

TEST(ResponseMetrics, TellTheQualityOfEachHeadThatThereIs) {
  Random random(104);
  const ResponseModel model = fit_response_heads({}, holdout(2000, random));
  ASSERT_TRUE(model.click.has_value());
  const auto metrics = response_metrics(model);
  ASSERT_EQ(metrics.size(), 4U);
  EXPECT_EQ(metrics.at("click_calibration_error"), model.click->quality.expected_calibration_error);
  EXPECT_LT(metrics.at("click_log_loss"), metrics.at("click_base_log_loss"));
  EXPECT_EQ(metrics.at("click_examples"), static_cast<double>(model.click->quality.examples));
  EXPECT_TRUE(response_metrics({}).empty());
}

}  // namespace
}  // namespace magpie::batch

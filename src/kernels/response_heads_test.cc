#include "kernels/response_heads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "base/random.h"

namespace magpie {
namespace {

std::vector<float> features_of(const ResponseInput& input) {
  std::vector<float> features(kResponseFeatures, -1);
  fill_response_features(input, features);
  return features;
}

float feature(const ResponseInput& input, const std::string& name) {
  const auto& names = response_feature_names();
  const auto found = std::ranges::find(names, name);
  EXPECT_NE(found, names.end()) << name;
  return features_of(input)[static_cast<std::size_t>(found - names.begin())];
}

TEST(ResponseFeatures, EachHasANameOfItsOwn) {
  const auto& names = response_feature_names();
  EXPECT_EQ(names.size(), kResponseFeatures);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), kResponseFeatures);
}

TEST(ResponseFeatures, NothingKnownIsFinite) {
  for (const float value : features_of({})) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(feature({}, "has_candidate_features"), 0);
  EXPECT_EQ(feature({}, "has_item_age"), 0);
  EXPECT_EQ(feature({}, "price_match"), 0);
}

TEST(ResponseFeatures, RatesMoveFromThePriorToWhatWasSeen) {
  const auto odds = [](double p) { return static_cast<float>(std::log(p / (1 - p))); };
  EXPECT_FLOAT_EQ(feature({}, "item_click_rate"), odds(kPriorClickRate));
  ResponseInput shown;
  shown.item_impressions = 1e6;
  shown.item_clicks = 3e5;
  EXPECT_NEAR(feature(shown, "item_click_rate"), odds(0.3), 1e-3);
  ResponseInput clicks_only;
  clicks_only.item_clicks = 500;
  EXPECT_TRUE(std::isfinite(feature(clicks_only, "item_click_rate")));
}

TEST(ResponseFeatures, PricesMatchWhereTheyAreAlike) {
  ResponseInput input;
  input.item_price = 10;
  input.user_price = 10;
  EXPECT_FLOAT_EQ(feature(input, "price_match"), 1);
  input.user_price = 20;
  EXPECT_FLOAT_EQ(feature(input, "price_match"), 0.5F);
  input.user_price = 5;
  EXPECT_FLOAT_EQ(feature(input, "price_match"), 0.5F);
  input.user_price = 0;
  EXPECT_EQ(feature(input, "has_prices"), 0);
}

TEST(ResponseFeatures, AgeTakesFreshnessAway) {
  ResponseInput input;
  input.item_age_days = 0;
  EXPECT_FLOAT_EQ(feature(input, "item_freshness"), 1);
  input.item_age_days = kFreshnessDays;
  EXPECT_NEAR(feature(input, "item_freshness"), 0.36788, 1e-4);
  input.item_age_days = -5;  // Events may come before their item.
  EXPECT_FLOAT_EQ(feature(input, "item_freshness"), 1);
}

TEST(ResponseFeatures, AContextHasOneBucket) {
  ResponseInput input;
  input.surface = "home";
  const std::vector<float> features = features_of(input);
  const auto first = features.begin() + kRankerFeatures + kPlainResponseFeatures;
  EXPECT_EQ(std::count(first, first + kSurfaceBuckets, 1.0F), 1);
  EXPECT_EQ(std::count(first + kSurfaceBuckets, features.end(), 1.0F), 0) << "no device was said";
}

TEST(ResponseFeatures, CandidateFeaturesComeFirstAsTheyAre) {
  ResponseInput input;
  input.candidate.emplace();
  for (std::size_t k = 0; k < kRankerFeatures; ++k) (*input.candidate)[k] = static_cast<float>(k) + 0.5F;
  const std::vector<float> features = features_of(input);
  EXPECT_TRUE(std::equal(input.candidate->begin(), input.candidate->end(), features.begin()));
  EXPECT_EQ(feature(input, "has_candidate_features"), 1);
}

// Clicks that depend on the item's popularity and the position, in a way that no logistic model can follow exactly.
ResponseExamples clicks(std::size_t users, Random& random) {
  ResponseExamples examples;
  examples.features = Matrix(users * 10, kResponseFeatures);
  for (std::size_t i = 0; i < users * 10; ++i) {
    ResponseInput input;
    input.position = static_cast<std::uint32_t>(i % 10);
    input.item_interactions = std::exp(6 * random.uniform());
    const double rate = std::log(input.item_interactions) / 6 * 0.6 / (1 + input.position);
    fill_response_features(input, examples.features.row(i));
    examples.labels.push_back(random.uniform() < rate * rate ? 1 : 0);
    examples.groups.push_back(i / 10);
  }
  return examples;
}

TEST(ResponseHead, BeatsTheBaseRateAndIsCalibrated) {
  Random random(91);
  const auto head = fit_response_head(clicks(6000, random));
  ASSERT_TRUE(head.has_value());
  const ResponseQuality& quality = head->quality;
  EXPECT_NEAR(static_cast<double>(quality.examples), 12000, 800) << "a fifth of the users";
  EXPECT_LT(quality.log_loss, 0.9 * quality.base_log_loss);
  EXPECT_LT(quality.expected_calibration_error, 0.01);
}

TEST(ResponseHead, IsNotMadeOfTooFewClicks) {
  Random random(92);
  ResponseExamples examples = clicks(100, random);
  EXPECT_FALSE(fit_response_head(examples, {.minimum_positives = 10'000}).has_value());
  EXPECT_FALSE(fit_response_head(ResponseExamples{Matrix(0, kResponseFeatures), {}, {}}).has_value());
}

TEST(ResponseHead, IsTheSameEveryTime) {
  Random random(93);
  const ResponseExamples examples = clicks(500, random);
  EXPECT_EQ(fit_response_head(examples), fit_response_head(examples));
}

TEST(ResponseHead, GivesProbabilities) {
  Random random(94);
  const auto head = fit_response_head(clicks(1000, random));
  ASSERT_TRUE(head.has_value());
  ResponseInput input;
  for (const double popularity : {0.0, 1.0, 1e12}) {
    input.item_interactions = popularity;
    const float probability = response_probability(*head, features_of(input));
    EXPECT_GE(probability, 0);
    EXPECT_LE(probability, 1);
  }
}

TEST(ResponseModel, KnowsTheFeaturesOfThisProgramOnly) {
  ResponseModel model;
  EXPECT_FALSE(knows_response_features(model));
  model.features = response_feature_names();
  EXPECT_TRUE(knows_response_features(model));
  std::swap(model.features[0], model.features[1]);
  EXPECT_FALSE(knows_response_features(model));
}

}  // namespace
}  // namespace magpie

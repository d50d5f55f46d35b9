#include "model/response_model.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace magpie {
namespace {

ResponseHead head() {
  return {.weights = {0.5F, -2},
          .intercept = -3,
          .calibration = {{0.1F, 0.4F}, {0.05F, 0.3F}},
          .quality = {0.01, 0.02, 0.3, 0.4, 1000, 50}};
}

ResponseModel full_model() {
  return {.features = {"collaborative", "log_position"},
          .source = ResponseSource::kImpressions,
          .click = head(),
          .conversion = std::nullopt};
}

ErrorCode decode_error(const ResponseModel& model) {
  const auto decoded = decode_response_model(encode_response_model(model));
  return decoded.ok() ? ErrorCode::kInternal : decoded.error().code();
}

TEST(ResponseModel, ReadsBackWhatItWrote) {
  for (const ResponseModel& model : {full_model(), ResponseModel{}}) {
    const auto decoded = decode_response_model(encode_response_model(model));
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, model);
  }
}

TEST(ResponseModel, RefusesWhatNoFitWouldHaveMade) {
  ResponseModel model = full_model();
  model.click->weights.pop_back();
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = full_model();
  model.click->calibration.probability = {0.3F, 0.05F};
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = full_model();
  model.click->calibration.predicted = {0.1F, 0.1F};
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = full_model();
  model.click->intercept = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
  model = full_model();
  model.click->quality.log_loss = std::numeric_limits<double>::infinity();
  EXPECT_EQ(decode_error(model), ErrorCode::kDataLoss);
}

TEST(ResponseModel, AnotherVersionIsAFailedPrecondition) {
  std::string bytes = encode_response_model(full_model());
  bytes[4] = 2;
  EXPECT_EQ(decode_response_model(bytes).error().code(), ErrorCode::kFailedPrecondition);
  bytes[0] = 'X';
  EXPECT_EQ(decode_response_model(bytes).error().code(), ErrorCode::kDataLoss);
}

TEST(ResponseModel, DamagedBytesAreRefusedOrReadAsAModel) {
  const std::string whole = encode_response_model(full_model());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_response_model(std::string_view(whole).substr(0, length)).ok());
  }
  Random random(5);
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = whole;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    const auto decoded = decode_response_model(damaged);
    if (!decoded.ok()) continue;
    EXPECT_EQ(decode_response_model(encode_response_model(*decoded)).value(), *decoded);
  }
}

TEST(IsotonicMap, IsLinearBetweenPointsAndConstantOutside) {
  const IsotonicMap map{{0.2F, 0.4F}, {0.1F, 0.5F}};
  EXPECT_FLOAT_EQ(map(0), 0.1F);
  EXPECT_FLOAT_EQ(map(0.3F), 0.3F);
  EXPECT_FLOAT_EQ(map(0.4F), 0.5F);
  EXPECT_FLOAT_EQ(map(1), 0.5F);
  EXPECT_FLOAT_EQ(IsotonicMap{}(0.7F), 0.7F);
}

}  // namespace
}  // namespace magpie

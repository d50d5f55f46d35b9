#include "model/user_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace magpie {
namespace {

BatchFeatures sample() {
  BatchFeatures features;
  features.model_version = ModelVersion(3);
  features.trained_until = from_unix_ms(1'700'000'000'000);
  features.user_embedding = {0.5F, -0.25F, 0};
  features.total_purchases = 7;
  features.total_interactions = 4'000'000'000;
  features.preferred_categories = {"Drama",
                                   "Com\xC3\xA9"
                                   "die"};
  features.history = {1, 0xFFFFFFFFFFFFFFFF, 42};
  return features;
}

std::string encoded(const BatchFeatures& features) {
  std::string bytes;
  encode_batch_features(features, bytes);
  return bytes;
}

ErrorCode decode_error(const std::string& bytes) { return decode_batch_features(bytes).error().code(); }

TEST(BatchFeatures, ReadBackAsWritten) {
  for (const BatchFeatures& features : {BatchFeatures(), sample()}) {
    const auto decoded = decode_batch_features(encoded(features));
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    EXPECT_EQ(*decoded, features);
    EXPECT_EQ(encoded(*decoded), encoded(features));
  }
}

TEST(BatchFeatures, TakesUpToItsBounds) {
  BatchFeatures features;
  features.history.assign(kMaxHistoryItems, 1);
  features.preferred_categories.assign(kMaxPreferredCategories, std::string(kMaxIdLength, 'c'));
  EXPECT_EQ(decode_batch_features(encoded(features)).value(), features);
  features.history.push_back(1);
  EXPECT_EQ(decode_error(encoded(features)), ErrorCode::kDataLoss);
  features = BatchFeatures();
  features.preferred_categories.assign(kMaxPreferredCategories + 1, "c");
  EXPECT_EQ(decode_error(encoded(features)), ErrorCode::kDataLoss);
}

TEST(BatchFeatures, RefusesDamage) {
  const std::string whole = encoded(sample());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(decode_error(whole.substr(0, length)), ErrorCode::kDataLoss) << length;
  }
  EXPECT_EQ(decode_error(whole + "x"), ErrorCode::kDataLoss);
  EXPECT_EQ(decode_error("X" + whole.substr(1)), ErrorCode::kDataLoss);
  std::string later = whole;
  later[1] = 2;
  EXPECT_EQ(decode_error(later), ErrorCode::kFailedPrecondition);
  BatchFeatures bad = sample();
  bad.user_embedding[1] = std::nanf("");
  EXPECT_EQ(decode_error(encoded(bad)), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace magpie

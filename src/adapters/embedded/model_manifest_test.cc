#include "adapters/embedded/model_manifest.h"

#include <gtest/gtest.h>

#include <limits>

namespace magpie::embedded {
namespace {

ModelManifest sample_manifest() {
  ModelInfo info;
  info.metrics = {{"ndcg", 0.1 + 0.2}};
  info.parameters = {{"note", "zoë"}};
  auto manifest = make_model_manifest(info, {{"items", "abc"}, {"gram", std::string(1000, '\0')}}).value();
  manifest.info.version = ModelVersion(7);
  return manifest;
}

TEST(ModelManifest, RoundTrips) {
  const auto manifest = decode_model_manifest(encode_model_manifest(sample_manifest()).value());
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->info.version, ModelVersion(7));
  EXPECT_EQ(manifest->info.metrics, sample_manifest().info.metrics);
  EXPECT_EQ(manifest->artifacts.at("items").bytes, 3U);
  EXPECT_EQ(manifest->artifacts.at("gram").checksum, sample_manifest().artifacts.at("gram").checksum);
}

TEST(ModelManifest, NoticesEveryChangedCharacter) {
  const std::string text = encode_model_manifest(sample_manifest()).value();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\n') continue;  // The layout says nothing.
    std::string damaged = text;
    damaged[i] = text[i] == '1' ? '2' : '1';
    EXPECT_FALSE(decode_model_manifest(damaged).ok()) << i;
  }
  for (const char* other : {"", "{", "null", "[]", "{}", "{\"format\":1}", "{\"format\":\"1\"}"}) {
    EXPECT_EQ(decode_model_manifest(other).error().code(), ErrorCode::kDataLoss) << other;
  }
}

TEST(ModelManifest, RefusesAnotherFormatPlainly) {
  const auto manifest = decode_model_manifest(R"({"format": 2, "checksum": "?"})");
  EXPECT_EQ(manifest.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(manifest.error().message().find("format 2"), std::string::npos);
}

TEST(ModelManifest, RefusesNamesThatArePaths) {
  for (const char* name : {"", "..", ".hidden", "a/b", "manifest.json", "Ümlaut", "a b"}) {
    EXPECT_EQ(make_model_manifest({}, {{name, ""}}).error().code(), ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_FALSE(make_model_manifest({}, {{std::string(65, 'a'), ""}}).ok());
  EXPECT_TRUE(make_model_manifest({}, {{"item_factors-1.bin", ""}}).ok());
}

TEST(ModelManifest, RefusesWhatJsonCannotSay) {
  ModelInfo info;
  info.metrics = {{"ndcg", std::numeric_limits<double>::quiet_NaN()}};
  const auto manifest = make_model_manifest(info, {});
  EXPECT_EQ(manifest.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(manifest.error().field(), "metrics.ndcg");
  ModelManifest latin = sample_manifest();
  latin.info.parameters = {{"note", "\xe9"}};
  EXPECT_EQ(encode_model_manifest(latin).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace magpie::embedded

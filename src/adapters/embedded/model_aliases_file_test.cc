#include "adapters/embedded/model_aliases_file.h"

#include <gtest/gtest.h>

#include "adapters/embedded/sealed_json.h"

namespace magpie::embedded {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

ModelAliases sample_aliases() {
  ModelAliases aliases;
  aliases.production = ModelVersion(4);
  aliases.previous = ModelVersion(3);
  aliases.canary = Canary{ModelVersion(6), 0.1 + 0.2, kNow, kNow + std::chrono::minutes(30)};
  aliases.rejected = RejectedCanary{ModelVersion(5), kNow, "clicks −12% \"worse\"\n"};
  return aliases;
}

TEST(ModelAliasesFile, RoundTrips) {
  EXPECT_EQ(decode_model_aliases(encode_model_aliases(sample_aliases())).value(), sample_aliases());
  EXPECT_EQ(decode_model_aliases(encode_model_aliases({})).value(), ModelAliases());
}

TEST(ModelAliasesFile, NoticesEveryChangedCharacterAndEveryTornEnd) {
  const std::string text = encode_model_aliases(sample_aliases());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool torn = i + 1 < text.size();  // All but the last line end.
    EXPECT_EQ(decode_model_aliases(text.substr(0, i)).ok(), !torn) << i;
    if (text[i] == ' ' || text[i] == '\n') continue;  // The layout says nothing.
    std::string damaged = text;
    damaged[i] = text[i] == '1' ? '2' : '1';
    EXPECT_FALSE(decode_model_aliases(damaged).ok()) << i;
  }
}

TEST(ModelAliasesFile, RefusesWhatIsWholeButWrong) {
  const auto refusal = [](const char* json) {
    return decode_model_aliases(seal_json(nlohmann::json::parse(json), 1)).error().code();
  };
  EXPECT_EQ(refusal(R"({"production": "4"})"), ErrorCode::kDataLoss);
  EXPECT_EQ(refusal(R"({"production": 0})"), ErrorCode::kDataLoss);
  EXPECT_EQ(refusal(R"({"production": 4, "previous": 4})"), ErrorCode::kDataLoss);
  EXPECT_EQ(refusal(R"({"production": 4, "canary": {"version": 5}})"), ErrorCode::kDataLoss);
  EXPECT_EQ(decode_model_aliases(seal_json(nlohmann::json::object(), 2)).error().code(),
            ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace magpie::embedded

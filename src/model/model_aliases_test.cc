#include "model/model_aliases.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/utf8.h"

namespace magpie {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);
constexpr auto kMinute = std::chrono::minutes(1);

ModelAliases in_production(std::uint64_t version) { return promoted({}, ModelVersion(version)); }

TEST(ModelAliases, AFirstPromotionHasNothingBeforeIt) {
  const auto aliases = in_production(3);
  EXPECT_EQ(aliases.production, ModelVersion(3));
  EXPECT_EQ(aliases.previous, std::nullopt);
  EXPECT_TRUE(validate(aliases).ok());
}

TEST(ModelAliases, APromotionRemembersWhatWasThere) {
  const auto aliases = promoted(in_production(3), ModelVersion(4));
  EXPECT_EQ(aliases.production, ModelVersion(4));
  EXPECT_EQ(aliases.previous, ModelVersion(3));
  EXPECT_EQ(promoted(aliases, ModelVersion(4)), aliases) << "twice is once";
  EXPECT_EQ(promoted(aliases, ModelVersion(5)).previous, ModelVersion(4));
}

TEST(ModelAliases, ARollbackGoesBackAndForth) {
  EXPECT_EQ(rolled_back(in_production(1)).error().code(), ErrorCode::kFailedPrecondition);
  const auto aliases = promoted(in_production(1), ModelVersion(2));
  const auto back = rolled_back(aliases).value();
  EXPECT_EQ(back.production, ModelVersion(1));
  EXPECT_EQ(back.previous, ModelVersion(2));
  EXPECT_EQ(rolled_back(back).value(), aliases);
}

TEST(ModelAliases, ACanaryKeepsItsStartWhenItsShareGrows) {
  const auto started = with_canary(in_production(1), ModelVersion(2), 0.1, kNow).value();
  EXPECT_EQ(started.canary, (Canary{ModelVersion(2), 0.1, kNow, kNow}));
  EXPECT_EQ(with_canary(started, ModelVersion(2), 0.1, kNow + kMinute).value(), started) << "twice is once";
  const auto grown = with_canary(started, ModelVersion(2), 0.5, kNow + kMinute).value();
  EXPECT_EQ(grown.canary, (Canary{ModelVersion(2), 0.5, kNow, kNow + kMinute}));
  const auto clock_set_back = with_canary(started, ModelVersion(2), 0.5, kNow - kMinute).value();
  EXPECT_EQ(clock_set_back.canary->share_since, kNow);
  const auto replaced = with_canary(grown, ModelVersion(3), 0.1, kNow + 2 * kMinute).value();
  EXPECT_EQ(replaced.canary->started_at, kNow + 2 * kMinute);
}

TEST(ModelAliases, ACanaryNeedsSomethingToBeComparedWith) {
  EXPECT_EQ(with_canary({}, ModelVersion(1), 0.1, kNow).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(with_canary(in_production(1), ModelVersion(1), 0.1, kNow).error().code(), ErrorCode::kInvalidArgument);
  for (const double share : {0.0, -0.1, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
    const auto refused = with_canary(in_production(1), ModelVersion(2), share, kNow);
    EXPECT_EQ(refused.error().field(), "share") << share;
  }
  EXPECT_TRUE(with_canary(in_production(1), ModelVersion(2), 1.0, kNow).ok());
}

TEST(ModelAliases, APromotionEndsTheCanary) {
  const auto aliases = with_canary(in_production(1), ModelVersion(2), 0.5, kNow).value();
  const auto won = promoted(aliases, ModelVersion(2));
  EXPECT_EQ(won.canary, std::nullopt);
  EXPECT_EQ(won.previous, ModelVersion(1));
  EXPECT_EQ(promoted(aliases, ModelVersion(3)).canary, std::nullopt);
  EXPECT_EQ(promoted(aliases, ModelVersion(1)).canary, std::nullopt);
}

TEST(ModelAliases, AWithdrawnCanaryIsRememberedWithItsReason) {
  const auto aliases = with_canary(in_production(1), ModelVersion(2), 0.5, kNow).value();
  EXPECT_EQ(without_canary(aliases, "", kNow), in_production(1));
  const auto rejected = without_canary(aliases, "fewer clicks", kNow);
  EXPECT_EQ(rejected.canary, std::nullopt);
  EXPECT_EQ(rejected.rejected, (RejectedCanary{ModelVersion(2), kNow, "fewer clicks"}));
  EXPECT_EQ(without_canary(rejected, "again", kNow), rejected) << "there is none to withdraw";
  EXPECT_EQ(with_canary(rejected, ModelVersion(2), 0.1, kNow).value().rejected, std::nullopt) << "a second chance";
  EXPECT_TRUE(with_canary(rejected, ModelVersion(3), 0.1, kNow).value().rejected);
}

TEST(ModelAliases, AReasonStaysTextAndWithinItsBound) {
  const auto aliases = with_canary(in_production(1), ModelVersion(2), 0.5, kNow).value();
  std::string wide = "x";
  while (wide.size() <= kMaxReasonLength) wide += "€";
  const auto cut = without_canary(aliases, wide, kNow);
  EXPECT_TRUE(validate(cut).ok());
  EXPECT_GT(cut.rejected->reason.size(), kMaxReasonLength - 3);
  EXPECT_TRUE(validate(without_canary(aliases, "\xff", kNow)).ok());
}

TEST(ModelAliases, HoldsWhatHasARole) {
  auto aliases = with_canary(promoted(in_production(1), ModelVersion(2)), ModelVersion(3), 0.5, kNow).value();
  for (const std::uint64_t version : {1, 2, 3}) EXPECT_TRUE(aliases.holds(ModelVersion(version)));
  aliases = without_canary(aliases, "slow", kNow);
  EXPECT_FALSE(aliases.holds(ModelVersion(3)));
  EXPECT_FALSE(ModelAliases().holds(ModelVersion(0)));
}

TEST(ModelAliases, ValidationFindsContradictions) {
  const auto good = with_canary(promoted(in_production(1), ModelVersion(2)), ModelVersion(3), 0.5, kNow).value();
  const auto refuses = [&](auto spoil) {
    auto aliases = good;
    spoil(aliases);
    return !validate(aliases).ok();
  };
  EXPECT_FALSE(refuses([](ModelAliases&) {}));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.production.reset(); }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.production = ModelVersion(0); }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.previous = a.production; }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.canary->version = *a.production; }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.canary->share_since = kNow - kMinute; }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.canary->started_at = Timestamp::min(); }));
  EXPECT_TRUE(refuses([](ModelAliases& a) { a.rejected = RejectedCanary{ModelVersion(0), kNow, "slow"}; }));
  EXPECT_TRUE(refuses([](ModelAliases& a) {
    a.rejected = RejectedCanary{ModelVersion(1), kNow, std::string(kMaxReasonLength + 1, 'x')};
  }));
}

}  // namespace
}  // namespace magpie

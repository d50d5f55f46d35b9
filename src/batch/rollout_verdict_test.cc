#include "batch/rollout_verdict.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace magpie::batch {
namespace {

using std::chrono::milliseconds;

// A version of which each user saw `shown` items and one in `every` users clicked `clicks` of them.
struct Behaviour {
  int users = 1000;
  double shown = 20;
  double clicks = 2;
  int every = 2;
  int buyers_every = 10;
  std::uint64_t requests = 2000;
  std::uint64_t degraded = 0;
  int usual_ms = 2;
  int slow_ms = 8;
  std::uint64_t slow = 10;  // Requests that take slow_ms.
};

VersionMetrics metrics(const Behaviour& behaviour) {
  VersionMetrics metrics;
  for (int user = 0; user < behaviour.users; ++user) {
    metrics.engagement.clicks.add(user % behaviour.every == 0 ? behaviour.clicks : 0, behaviour.shown);
    metrics.engagement.purchases.add(user % behaviour.buyers_every == 0 ? 1 : 0, behaviour.shown);
  }
  LatencyHistogram latency;
  for (std::uint64_t i = 0; i < behaviour.requests; ++i) {
    latency.observe(milliseconds(i < behaviour.slow ? behaviour.slow_ms : behaviour.usual_ms));
  }
  metrics.latency = latency.snapshot();
  metrics.requests = behaviour.requests;
  metrics.degraded = behaviour.degraded;
  return metrics;
}

struct Case {
  const char* name;
  Behaviour canary;
  Verdict interim;
  Verdict final;
  const char* in_reason;  // Where it begins when it fails.
};

class RolloutVerdictTest : public ::testing::TestWithParam<Case> {};

TEST_P(RolloutVerdictTest, IsThatOfTheTable) {
  const VersionMetrics control = metrics({});
  const VersionMetrics canary = metrics(GetParam().canary);
  const Judgement interim = judge(control, canary, {}, Look::kInterim);
  const Judgement final = judge(control, canary, {}, Look::kFinal);
  EXPECT_EQ(interim.verdict, GetParam().interim) << interim.reason;
  EXPECT_EQ(final.verdict, GetParam().final) << final.reason;
  EXPECT_EQ(final.reason.find(GetParam().in_reason), 0U) << final.reason;
}

constexpr auto kPass = Verdict::kPass;
constexpr auto kFail = Verdict::kFail;
constexpr auto kTooLittle = Verdict::kTooLittleData;

INSTANTIATE_TEST_SUITE_P(
    Cases, RolloutVerdictTest,
    ::testing::Values(Case{"Equal", {}, kPass, kPass, "clicks"}, Case{"Better", {.clicks = 3}, kPass, kPass, "clicks"},
                      Case{"SlightlyWorse", {.clicks = 1.95}, kPass, kPass, "clicks"},
                      Case{"WorseButMaybeChance", {.clicks = 1.7}, kPass, kFail, "clicks"},
                      Case{"MuchWorse", {.clicks = 1}, kFail, kFail, "clicks"},
                      Case{"NobodyClicks", {.clicks = 0}, kFail, kFail, "clicks"},
                      Case{"SellsLess", {.buyers_every = 100}, kFail, kFail, "purchases"},
                      Case{"ClicksMoreSellsLess", {.clicks = 4, .buyers_every = 100}, kFail, kFail, "purchases"},
                      Case{"FewUsersMuchWorse", {.users = 99, .clicks = 0}, kTooLittle, kTooLittle, "clicks"},
                      Case{"Nobody", {.users = 0}, kTooLittle, kTooLittle, "clicks"},
                      Case{"AFewDegraded", {.degraded = 20}, kPass, kPass, "clicks"},
                      Case{"ManyDegraded", {.degraded = 100}, kFail, kFail, "degraded"},
                      Case{"DegradedOfFewRequests", {.requests = 100, .degraded = 20}, kPass, kPass, "clicks"},
                      Case{"OneVerySlow", {.slow_ms = 5000, .slow = 1}, kPass, kPass, "clicks"},
                      Case{"SlowTail", {.slow_ms = 150, .slow = 60}, kFail, kFail, "latency"},
                      Case{"SlowTailMaybeChance", {.slow_ms = 150, .slow = 29}, kPass, kFail, "latency"},
                      Case{"SlowerThanControlButFast", {.usual_ms = 6, .slow_ms = 7}, kPass, kPass, "clicks"},
                      Case{"SlowerThanControl", {.usual_ms = 20}, kFail, kFail, "latency"},
                      Case{"SlowWithoutUsers", {.users = 0, .usual_ms = 200}, kFail, kFail, "latency"}),
    [](const auto& each) { return each.param.name; });

TEST(RolloutVerdict, ALatencyIsMeasuredAgainstASlowControlToo) {
  const auto control = metrics({.usual_ms = 40, .slow_ms = 40});
  EXPECT_EQ(judge(control, metrics({.usual_ms = 50}), {}, Look::kFinal).verdict, Verdict::kPass);
  EXPECT_EQ(judge(control, metrics({.usual_ms = 80}), {}, Look::kFinal).verdict, Verdict::kFail);
}

TEST(RolloutVerdict, ServiceAloneLooksAtNoClicks) {
  const auto control = metrics({});
  EXPECT_EQ(judge_service(control, metrics({.clicks = 0}), {}, Look::kFinal).verdict, Verdict::kPass);
  const auto slow = judge_service(control, metrics({.usual_ms = 150}), {}, Look::kFinal);
  EXPECT_EQ(slow.verdict, Verdict::kFail);
  EXPECT_EQ(slow.reason.find("clicks"), std::string::npos);
}

TEST(RolloutVerdict, TheReasonHasEveryFigure) {
  const std::string reason = judge(metrics({}), metrics({.clicks = 1}), {}, Look::kFinal).reason;
  EXPECT_EQ(
      reason.find("clicks: 2.50% of 20000 impressions to 1000 users, control 5.00% of 20000 to 1000 (worse by more "
                  "than 5.00%); purchases: 0.50%"),
      0U)
      << reason;
  EXPECT_NE(reason.find("p50"), std::string::npos);
}

// Half an hour of looks a minute: an equal canary is to survive nearly always, although chance has 30 tries.
TEST(RolloutVerdict, ManyLooksAtAnEqualCanaryRarelyFailIt) {
  Random random(21);
  constexpr int kTrials = 300;
  int failed = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    VersionMetrics control;
    VersionMetrics canary;
    bool rejected = false;
    for (int look = 1; look <= 30 && !rejected; ++look) {
      for (auto* version : {&control, &canary}) {
        for (int user = 0; user < 60; ++user) {
          const double rate = 0.1 * random.uniform();
          double clicks = 0;
          for (int shown = 0; shown < 10; ++shown) clicks += random.uniform() < rate ? 1 : 0;
          version->engagement.clicks.add(clicks, 10);
        }
      }
      const Look kind = look == 30 ? Look::kFinal : Look::kInterim;
      rejected = judge(control, canary, {.tolerated_drop = 0}, kind).verdict == Verdict::kFail;
    }
    failed += rejected ? 1 : 0;
  }
  EXPECT_LE(failed, kTrials * 9 / 100) << "5% for the last look, some for the others, some for chance";
}

}  // namespace
}  // namespace magpie::batch

#include "batch/rollout.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/fakes/in_memory_history_store.h"
#include "tests/fakes/in_memory_model_store.h"

namespace magpie::batch {
namespace {

constexpr Timestamp kNoon = from_unix_ms(1'700'049'600'000);
constexpr ModelVersion kOld(1);
constexpr ModelVersion kNew(2);
using std::chrono::milliseconds;
using std::chrono::minutes;

class FakeServing final : public ServingMonitor {
 public:
  Result<VersionService> service_of(ModelVersion version) override {
    if (out_of_reach) return unavailable("out of reach");
    return services[version];
  }
  void serve(ModelVersion version, int requests, int ms) {
    LatencyHistogram latency;
    for (int i = 0; i < requests; ++i) latency.observe(milliseconds(ms));
    VersionService& service = services[version];
    service.in_force = true;
    service.requests = static_cast<std::uint64_t>(requests);
    service.latency = latency.snapshot();
  }

  std::map<ModelVersion, VersionService> services;
  bool out_of_reach = false;
};

class RolloutTest : public ::testing::Test {
 protected:
  RolloutTest() {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(models_.publish({}, {}).ok());
    EXPECT_TRUE(models_.promote(kOld).ok());
    serving_.serve(kOld, 1000, 2);
    serving_.serve(kNew, 1000, 2);
  }

  void start(ModelVersion version = kNew) { ASSERT_TRUE(start_canary(dependencies_, version, settings_).ok()); }
  RolloutProgress monitor(ModelVersion version = kNew) {
    return monitor_canary(dependencies_, version, settings_).value();
  }
  RolloutProgress advance() { return advance_rollout(dependencies_, kNew, settings_).value(); }
  ModelAliases aliases() { return models_.aliases().value(); }
  // 300 users of a version, each of whom is shown ten items now and clicks some.
  void users_see(ModelVersion version, int clicks) {
    for (int user = 0; user < 300; ++user) {
      const std::string request = "r" + std::to_string(++requests_);
      for (int item = 0; item < 10; ++item) {
        happen(kImpression, user, item, request, version);
        if (item < (user % 2 == 0 ? clicks : 0)) happen(kClick, user, item, request, ModelVersion());
      }
    }
  }
  void happen(EventType type, int user, int item, const std::string& request, ModelVersion version) {
    Event event;
    event.id = EventId("e" + std::to_string(++events_));
    event.user = UserId("u" + std::to_string(user));
    event.item = ItemId("i" + std::to_string(item));
    event.type = type;
    event.time = clock_.now();
    event.request = RequestId(request);
    event.model_version = version;
    history_.add({event});
  }
  // Calls `step` whenever it wants to be called, as a task of the pipeline does.
  template <typename Step>
  RolloutProgress run(Step step) {
    RolloutProgress progress = step();
    double fraction = progress.fraction;
    for (int calls = 0; progress.state == RolloutState::kWaiting && calls < 1000; ++calls) {
      EXPECT_GT(progress.check_again, clock_.now());
      clock_.set(progress.check_again);
      progress = step();
      EXPECT_GE(progress.fraction, fraction);
      fraction = progress.fraction;
    }
    EXPECT_EQ(progress.fraction, 1);
    return progress;
  }

  ManualClock clock_{kNoon};
  fakes::InMemoryModelStore models_;
  fakes::InMemoryHistoryStore history_;
  FakeServing serving_;
  RolloutSettings settings_;
  RolloutDependencies dependencies_{models_, history_, serving_, clock_};
  int requests_ = 0;
  int events_ = 0;
};

TEST_F(RolloutTest, AGoodVersionIsInProductionInTheEnd) {
  start();
  EXPECT_EQ(aliases().canary, (Canary{kNew, 0.1, kNoon, kNoon}));
  users_see(kOld, 2);
  users_see(kNew, 2);
  EXPECT_EQ(run([&] { return monitor(); }).state, RolloutState::kDone);
  EXPECT_EQ(clock_.now(), kNoon + minutes(30));
  EXPECT_EQ(aliases().canary->share, 0.1);
  std::vector<double> shares;
  const auto done = run([&] {
    auto progress = advance();
    shares.push_back(aliases().canary ? aliases().canary->share : 0);
    return progress;
  });
  EXPECT_EQ(done.state, RolloutState::kDone);
  EXPECT_EQ(clock_.now(), kNoon + minutes(40)) << "five minutes for each step";
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end() - 1));
  EXPECT_EQ(shares.front(), 0.5);
  EXPECT_EQ(*(shares.end() - 2), 1.0);
  EXPECT_EQ(aliases().production, kNew);
  EXPECT_EQ(aliases().previous, kOld);
  EXPECT_EQ(aliases().canary, std::nullopt);
}

TEST_F(RolloutTest, AWorseVersionIsWithdrawnEarly) {
  start();
  clock_.advance(minutes(3));
  users_see(kOld, 4);
  users_see(kNew, 1);
  const auto rejected = monitor();
  EXPECT_EQ(rejected.state, RolloutState::kRejected);
  EXPECT_NE(rejected.report.find("fail: clicks: 5.00%"), std::string::npos) << rejected.report;
  EXPECT_EQ(aliases().canary, std::nullopt);
  EXPECT_EQ(aliases().production, kOld);
  EXPECT_EQ(aliases().rejected, (RejectedCanary{kNew, clock_.now(), rejected.report}));
  EXPECT_EQ(monitor().state, RolloutState::kRejected) << "it stays rejected";
  EXPECT_EQ(monitor().report, rejected.report);
  EXPECT_EQ(advance().state, RolloutState::kRejected);
  start();
  EXPECT_EQ(aliases().canary->version, kNew) << "until it gets another chance";
}

TEST_F(RolloutTest, ASlowVersionIsWithdrawnInTheMiddleOfTheRollout) {
  start();
  run([&] { return monitor(); });
  advance();
  EXPECT_EQ(aliases().canary->share, 0.5);
  serving_.serve(kNew, 1000, 200);
  clock_.advance(minutes(1));
  EXPECT_EQ(advance().state, RolloutState::kRejected);
  EXPECT_EQ(aliases().production, kOld);
  EXPECT_EQ(aliases().canary, std::nullopt);
}

TEST_F(RolloutTest, ItIsLookedAtWhenItServesEverybodyToo) {
  start();
  run([&] { return monitor(); });
  while (aliases().canary->share < 1) {
    advance();
    clock_.advance(minutes(1));
  }
  users_see(kNew, 0);  // Clicks have nothing to be compared with by then.
  EXPECT_EQ(advance().state, RolloutState::kWaiting);
  serving_.serve(kNew, 1000, 200);
  EXPECT_EQ(advance().state, RolloutState::kRejected);
}

TEST_F(RolloutTest, OnlyTheTimeWithTheShareIsCompared) {
  start();
  clock_.advance(minutes(1));
  users_see(kOld, 4);  // While the canary's share was small.
  clock_.advance(minutes(29));
  advance();
  clock_.advance(minutes(1));
  users_see(kOld, 2);
  users_see(kNew, 2);
  EXPECT_EQ(advance().state, RolloutState::kWaiting);
}

TEST_F(RolloutTest, TooLittleDataPassesOrFailsAsConfigured) {
  start();
  clock_.advance(minutes(30));
  auto progress = monitor();
  EXPECT_EQ(progress.state, RolloutState::kDone);
  EXPECT_NE(progress.report.find("too little data"), std::string::npos) << progress.report;
  settings_.policy.without_data = WithoutData::kFail;
  EXPECT_EQ(monitor().state, RolloutState::kRejected);
  start();
  clock_.advance(minutes(29));
  EXPECT_EQ(monitor().state, RolloutState::kWaiting) << "there is a minute left";
}

TEST_F(RolloutTest, AVersionThatCannotBeServedIsWithdrawn) {
  start();
  serving_.services[kNew] = VersionService{.refusal = "data loss: the checksum of items is wrong"};
  const auto rejected = monitor();
  EXPECT_EQ(rejected.state, RolloutState::kRejected);
  EXPECT_NE(rejected.report.find("checksum of items"), std::string::npos);
}

TEST_F(RolloutTest, AVersionThatIsNotServedYetIsNeverPassed) {
  start();
  serving_.services[kNew] = VersionService{};
  clock_.advance(minutes(45));
  EXPECT_EQ(monitor().state, RolloutState::kWaiting);
  EXPECT_GT(monitor().check_again, clock_.now());
  serving_.serve(kNew, 1000, 2);
  EXPECT_EQ(monitor().state, RolloutState::kDone);
}

TEST_F(RolloutTest, TheFirstVersionNeedsNoComparison) {
  fakes::InMemoryModelStore models;
  ASSERT_TRUE(models.publish({}, {}).ok());
  const RolloutDependencies first{models, history_, serving_, clock_};
  ASSERT_TRUE(start_canary(first, kOld, settings_).ok());
  EXPECT_EQ(models.production().value(), kOld);
  EXPECT_EQ(monitor_canary(first, kOld, settings_)->state, RolloutState::kDone);
  EXPECT_EQ(advance_rollout(first, kOld, settings_)->state, RolloutState::kDone);
}

// A crash leaves the aliases and nothing else. Whatever was called last, calling it again goes on from there.
TEST_F(RolloutTest, EveryCallMayBeRepeatedAndTimeGoesOn) {
  start();
  start();
  clock_.advance(minutes(20));
  start();
  EXPECT_EQ(aliases().canary->started_at, kNoon);
  EXPECT_NEAR(monitor().fraction, 2.0 / 3, 1e-9);
  clock_.advance(minutes(10));
  EXPECT_EQ(monitor().state, RolloutState::kDone);
  EXPECT_EQ(monitor().state, RolloutState::kDone);
  advance();
  advance();
  EXPECT_EQ(aliases().canary->share, 0.5) << "its time is not over";
  start();
  EXPECT_EQ(aliases().canary->share, 0.5) << "starting again takes no step back";
  EXPECT_EQ(monitor().state, RolloutState::kDone);
  run([&] { return advance(); });
  EXPECT_EQ(aliases().previous, kOld);
  EXPECT_EQ(advance().state, RolloutState::kDone);
  start();
  EXPECT_EQ(monitor().state, RolloutState::kDone);
  EXPECT_EQ(aliases().previous, kOld) << "promoted twice is promoted once";
}

TEST_F(RolloutTest, ANewerCanaryEndsTheOlderRollout) {
  start();
  start(ModelVersion(3));
  EXPECT_EQ(monitor_canary(dependencies_, kNew, settings_).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(advance_rollout(dependencies_, kNew, settings_).error().code(), ErrorCode::kFailedPrecondition);
  ASSERT_TRUE(abandon_canary(models_, kNew, "late", clock_.now()).ok());
  EXPECT_EQ(aliases().canary->version, ModelVersion(3)) << "not this one's to withdraw";
}

TEST_F(RolloutTest, APersonMayWithdrawTheCanary) {
  start();
  ASSERT_TRUE(models_.update_aliases([](const ModelAliases& a) { return without_canary(a, "", kNoon); }).ok());
  EXPECT_EQ(monitor_canary(dependencies_, kNew, settings_).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(aliases().canary, std::nullopt);
}

TEST_F(RolloutTest, AbandonedWithItsReason) {
  start();
  ASSERT_TRUE(abandon_canary(models_, kNew, "the run was cancelled", clock_.now()).ok());
  EXPECT_EQ(aliases().rejected->reason, "the run was cancelled");
  EXPECT_EQ(aliases().production, kOld);
}

TEST_F(RolloutTest, AShareThatIsAStepOfItsOwnIsHeldOnce) {
  settings_.canary_share = 0.5;
  start();
  run([&] { return monitor(); });
  advance();
  EXPECT_EQ(aliases().canary->share, 1.0) << "half was monitored already";
}

TEST_F(RolloutTest, WithoutStepsMonitoringIsEnough) {
  settings_.steps.clear();
  start();
  run([&] { return monitor(); });
  EXPECT_EQ(advance().state, RolloutState::kDone);
  EXPECT_EQ(aliases().production, kNew);
}

TEST_F(RolloutTest, WhatCannotBeSeenDecidesNothing) {
  start();
  serving_.out_of_reach = true;
  clock_.advance(minutes(30));
  EXPECT_EQ(monitor_canary(dependencies_, kNew, settings_).error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(aliases().canary->version, kNew);
}

}  // namespace
}  // namespace magpie::batch

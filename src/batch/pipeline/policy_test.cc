#include "batch/pipeline/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace magpie::batch::pipeline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

// a -> b1, b2 -> c
Dag diamond() {
  const auto task = [](std::string id, std::vector<std::string> upstreams) {
    return TaskSpec{
        .id = std::move(id), .number = "", .title = "", .upstreams = std::move(upstreams), .timeout = hours(1)};
  };
  return *Dag::make({task("a", {}), task("b1", {"a"}), task("b2", {"a"}), task("c", {"b1", "b2"})});
}

class Policy : public testing::Test {
 protected:
  void succeed(const std::string& task) {
    start_task(run_, task, kNow);
    finish_task(run_, task, ok_status(), kNow);
  }
  void fail(const std::string& task, Timestamp now, Error error = unavailable("down")) {
    start_task(run_, task, now);
    finish_task(run_, task, error, now);
  }
  [[nodiscard]] Decision next(Timestamp now) const { return pipeline::next(dag_, run_, now); }

  static RunPlan plan() {
    RunPlan plan;
    plan.id = RunId("run");
    plan.created_at = kNow;
    return plan;
  }

  Dag dag_ = diamond();
  PipelineRun run_ = new_run(dag_, plan());
};

TEST_F(Policy, ATaskStartsWhenItsUpstreamsHaveSucceeded) {
  EXPECT_THAT(next(kNow).start, ElementsAre("a"));
  start_task(run_, "a", kNow);
  EXPECT_THAT(next(kNow).start, IsEmpty());
  EXPECT_EQ(next(kNow).ended, std::nullopt);
  finish_task(run_, "a", ok_status(), kNow);
  EXPECT_THAT(next(kNow).start, ElementsAre("b1", "b2")) << "in parallel";
  succeed("b1");
  EXPECT_THAT(next(kNow).start, ElementsAre("b2"));
  succeed("b2");
  EXPECT_THAT(next(kNow).start, ElementsAre("c"));
  succeed("c");
  EXPECT_THAT(next(kNow).start, IsEmpty());
  EXPECT_EQ(next(kNow).ended, RunState::kSucceeded);
}

TEST_F(Policy, AFailedTaskIsRetriedWithGrowingWaits) {
  Timestamp now = kNow;
  for (const auto wait : {minutes(1), minutes(2), minutes(4)}) {
    fail("a", now);
    EXPECT_EQ(task_of(run_, "a").state, TaskState::kUpForRetry);
    EXPECT_THAT(next(now).start, IsEmpty());
    EXPECT_EQ(next(now).wake_at, now + wait);
    EXPECT_THAT(next(now + wait - Duration(1)).start, IsEmpty());
    now += wait;
    EXPECT_THAT(next(now).start, ElementsAre("a"));
  }
  fail("a", now);
  EXPECT_EQ(task_of(run_, "a").state, TaskState::kFailed) << "three retries";
  EXPECT_EQ(task_of(run_, "a").attempts, 4U);
  EXPECT_EQ(next(now).ended, RunState::kFailed);
}

TEST_F(Policy, TheWaitIsLimited) {
  const RetryPolicy policy{.retries = 100, .backoff = minutes(1), .backoff_limit = minutes(10)};
  EXPECT_EQ(backoff(policy, 1), minutes(1));
  EXPECT_EQ(backoff(policy, 4), minutes(8));
  EXPECT_EQ(backoff(policy, 5), minutes(10));
  EXPECT_EQ(backoff(policy, 4'000'000'000), minutes(10));
  EXPECT_EQ(backoff({.retries = 1, .backoff = Duration(0), .backoff_limit = minutes(1)}, 9), Duration(0));
}

TEST_F(Policy, WhatNoRetryMendsFailsAtOnce) {
  fail("a", kNow, failed_precondition("too little data"));
  EXPECT_EQ(task_of(run_, "a").state, TaskState::kFailed);
  EXPECT_EQ(task_of(run_, "a").error, "failed precondition: too little data");
}

TEST_F(Policy, OtherBranchesGoOnWhenOneHasFailed) {
  succeed("a");
  fail("b1", kNow, invalid_argument("x", "wrong"));
  EXPECT_THAT(next(kNow).start, ElementsAre("b2"));
  start_task(run_, "b2", kNow);
  EXPECT_EQ(next(kNow).ended, std::nullopt);
  finish_task(run_, "b2", ok_status(), kNow);
  EXPECT_THAT(next(kNow).start, IsEmpty());
  EXPECT_EQ(next(kNow).ended, RunState::kFailed);
  end_run(run_, RunState::kFailed, kNow);
  EXPECT_EQ(run_.error, "b1: invalid argument: x: wrong");
}

TEST_F(Policy, ATaskThatTakesTooLongIsStopped) {
  start_task(run_, "a", kNow);
  EXPECT_EQ(next(kNow).wake_at, kNow + hours(1));
  EXPECT_THAT(next(kNow + hours(1) - Duration(1)).time_out, IsEmpty());
  EXPECT_THAT(next(kNow + hours(1)).time_out, ElementsAre("a"));
}

TEST_F(Policy, TheSlaIsMissedOnce) {
  start_task(run_, "a", kNow + hours(23) + minutes(30));
  EXPECT_EQ(next(kNow + hours(23) + minutes(30)).wake_at, kNow + hours(24));
  EXPECT_FALSE(next(kNow + hours(24) - Duration(1)).sla_missed);
  EXPECT_TRUE(next(kNow + hours(24)).sla_missed);
  EXPECT_EQ(next(kNow + hours(24)).ended, std::nullopt) << "said, not killed";
  run_.sla_missed = true;
  EXPECT_FALSE(next(kNow + hours(25)).sla_missed);
}

TEST_F(Policy, AfterACrashWhatRanIsAFailedAttempt) {
  succeed("a");
  start_task(run_, "b1", kNow);
  recover(run_, kNow + minutes(5));
  EXPECT_EQ(task_of(run_, "b1").state, TaskState::kUpForRetry);
  EXPECT_EQ(task_of(run_, "b1").failures, 1U);
  EXPECT_EQ(task_of(run_, "b1").retry_at, kNow + minutes(6));
  EXPECT_EQ(task_of(run_, "a").state, TaskState::kSucceeded);
  EXPECT_EQ(task_of(run_, "b2").state, TaskState::kPending);
}

TEST_F(Policy, AnInterruptedTaskLosesNoRetry) {
  start_task(run_, "a", kNow);
  interrupt_task(run_, "a");
  EXPECT_EQ(task_of(run_, "a").failures, 0U);
  EXPECT_THAT(next(kNow).start, ElementsAre("a"));
  start_task(run_, "a", kNow);
  EXPECT_EQ(task_of(run_, "a").attempts, 2U) << "and has a log of its own";
}

TEST_F(Policy, ARetryGoesOnFromWhereItFailed) {
  succeed("a");
  succeed("b1");
  fail("b2", kNow, internal_error("bug"));
  for (int i = 0; i < 3; ++i) fail("b2", kNow);
  end_run(run_, RunState::kFailed, kNow);
  retry(dag_, run_, std::nullopt);
  EXPECT_EQ(run_.state, RunState::kRunning);
  EXPECT_TRUE(run_.error.empty());
  EXPECT_THAT(next(kNow).start, ElementsAre("b2"));
  EXPECT_EQ(task_of(run_, "b2").failures, 0U) << "all of its retries";
}

TEST_F(Policy, ARetryFromATaskRepeatsAllAfterIt) {
  for (const auto* task : {"a", "b1", "b2", "c"}) succeed(task);
  end_run(run_, RunState::kSucceeded, kNow);
  retry(dag_, run_, "b1");
  EXPECT_THAT(next(kNow).start, ElementsAre("b1"));
  EXPECT_EQ(task_of(run_, "b2").state, TaskState::kSucceeded);
  EXPECT_EQ(task_of(run_, "c").state, TaskState::kPending);
  EXPECT_EQ(task_of(run_, "b1").attempts, 1U);
}

TEST_F(Policy, ARunDrivenFromOutsideStartsNothingByItself) {
  run_.plan.driver = Driver::kExternal;
  EXPECT_THAT(next(kNow).start, IsEmpty());
  EXPECT_EQ(next(kNow).ended, std::nullopt);
  for (const auto* task : {"a", "b1", "b2", "c"}) succeed(task);
  EXPECT_EQ(next(kNow).ended, RunState::kSucceeded);
}

TEST_F(Policy, ARunOfAnotherVersionIsAdapted) {
  succeed("a");
  run_.tasks.erase("b2");
  run_.tasks["gone"].state = TaskState::kFailed;
  adapt(dag_, run_);
  EXPECT_EQ(run_.tasks.size(), 4U);
  EXPECT_EQ(task_of(run_, "a").state, TaskState::kSucceeded);
  EXPECT_THAT(next(kNow).start, ElementsAre("b1", "b2"));
}

TEST_F(Policy, ProgressCountsTasksAlike) {
  EXPECT_EQ(progress_of(run_), 0);
  succeed("a");
  start_task(run_, "b1", kNow);
  task_of(run_, "b1").progress = 0.5;
  EXPECT_DOUBLE_EQ(progress_of(run_), 1.5 / 4);
}

}  // namespace
}  // namespace magpie::batch::pipeline

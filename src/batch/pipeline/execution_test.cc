#include "batch/pipeline/execution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "batch/pipeline/pipeline_harness_test.h"

namespace magpie::batch::pipeline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

class Recorder final : public ExecutionObserver {
 public:
  void task_ended(const PipelineRun& run, const std::string& task) override {
    lines.push_back(task + " " + std::string(to_string(task_of(run, task).state)));
  }
  void sla_missed(const PipelineRun&) override { lines.emplace_back("sla missed"); }
  void run_ended(const PipelineRun& run) override { lines.push_back("run " + std::string(to_string(run.state))); }

  std::vector<std::string> lines;
};

class ExecutionTest : public testing::Test {
 protected:
  ExecutionTest() { begin(); }

  void begin() {
    RunPlan plan;
    plan.id = RunId("run");
    plan.created_at = clock_.now();
    const PipelineRun run = new_run(dag_, plan);
    ASSERT_TRUE(store_.create(run).ok());
    work_on(run);
  }
  void work_on(const PipelineRun& run) {
    execution_.emplace(ExecutionEnvironment{dag_, bodies_, store_, clock_, recorder_, [this] { wake(); }}, run);
  }

  void wake() {
    const std::lock_guard lock(mutex_);
    ++ended_;
    woken_.notify_all();
  }
  // Until `count` attempts have ended.
  void wait_for_ends(int count) {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [&] { return ended_ >= count; });
    ended_ -= count;
  }
  void step() { ASSERT_TRUE(execution_->step().ok()); }
  void run_to_end() {
    step();
    while (!execution_->is_over()) {
      wait_for_ends(1);
      step();
    }
  }
  [[nodiscard]] TaskRecord task(const std::string& id) const { return task_of(execution_->snapshot(), id); }
  [[nodiscard]] PipelineRun stored() const { return *store_.load(RunId("run")); }
  [[nodiscard]] std::string output(const std::string& task) const {
    return *read_file(store_.directory(RunId("run")) / task / "text");
  }
  [[nodiscard]] std::string log(const std::string& task, std::uint32_t attempt) const {
    return *read_file(store_.log_path(RunId("run"), task, attempt));
  }

  contract::TemporaryDirectory directory_;
  const Dag dag_ = harness_dag();
  ScriptedTasks tasks_;
  TaskBodies bodies_ = tasks_.bodies(dag_);
  const RunStore store_ = *RunStore::open(directory_.path());
  ManualClock clock_{kHarnessNow};
  Recorder recorder_;
  std::mutex mutex_;
  std::condition_variable woken_;
  int ended_ = 0;
  std::optional<Execution> execution_;
};

TEST_F(ExecutionTest, DoesEveryTaskAfterItsUpstreams) {
  run_to_end();
  EXPECT_EQ(stored().state, RunState::kSucceeded);
  EXPECT_EQ(output("join"), "start;left;start;right;join;");
  EXPECT_EQ(task("join").facts.at("upstreams"), "2");
  EXPECT_EQ(recorder_.lines.back(), "run succeeded");
  EXPECT_THAT(log("left", 1), HasSubstr("succeeded"));
}

TEST_F(ExecutionTest, BranchesRunInParallel) {
  tasks_.hold("left");
  tasks_.hold("right");
  step();
  wait_for_ends(1);
  step();
  tasks_.wait_until_inside("left");
  tasks_.wait_until_inside("right");  // Neither has been released: both are inside at a time.
  EXPECT_EQ(stored().tasks.find("left")->second.state, TaskState::kRunning);
  EXPECT_EQ(stored().tasks.find("right")->second.state, TaskState::kRunning);
  tasks_.release("left");
  tasks_.release("right");
  wait_for_ends(2);
  step();
  wait_for_ends(1);
  step();
  EXPECT_EQ(task("join").state, TaskState::kSucceeded);
}

TEST_F(ExecutionTest, EveryTaskIsRetriedAfterItsBackoff) {
  int wakes = 0;
  for (const TaskSpec& spec : dag_.tasks()) tasks_.fail(spec.id, {unavailable("down"), unavailable("still down")});
  step();
  while (!execution_->is_over()) {
    const auto due = next(dag_, execution_->snapshot(), clock_.now()).wake_at;
    bool running = false;
    const PipelineRun run = execution_->snapshot();
    for (const auto& [id, record] : run.tasks) running = running || record.state == TaskState::kRunning;
    if (running) {
      wait_for_ends(1);
    } else {
      ASSERT_TRUE(due.has_value());
      clock_.set(*due);
      ++wakes;
    }
    step();
  }
  EXPECT_EQ(stored().state, RunState::kSucceeded);
  EXPECT_EQ(clock_.now(), kHarnessNow + 4 * minutes(1 + 2)) << "left and right wait at the same time";
  EXPECT_GE(wakes, 8);
  for (const TaskSpec& spec : dag_.tasks()) {
    EXPECT_EQ(task(spec.id).attempts, 3U) << spec.id;
    EXPECT_THAT(log(spec.id, 1), HasSubstr("down"));
    EXPECT_THAT(log(spec.id, 3), HasSubstr("succeeded"));
  }
}

TEST_F(ExecutionTest, AFailureForGoodEndsTheRun) {
  tasks_.fail("left", {failed_precondition("no data")});
  run_to_end();
  EXPECT_EQ(stored().state, RunState::kFailed);
  EXPECT_THAT(stored().error, HasSubstr("left: failed precondition: no data"));
  EXPECT_EQ(task("right").state, TaskState::kSucceeded);
  EXPECT_EQ(task("join").state, TaskState::kPending);
}

TEST_F(ExecutionTest, WhatATaskThrowsIsItsFailure) {
  bodies_["start"] = [](TaskContext&) -> Status { throw std::runtime_error("thrown"); };
  step();
  wait_for_ends(1);
  step();
  EXPECT_EQ(task("start").state, TaskState::kUpForRetry);
  EXPECT_THAT(task("start").error, HasSubstr("thrown"));
}

TEST_F(ExecutionTest, ATaskOutOfTimeIsStoppedAndRetried) {
  tasks_.hold("start");
  step();
  tasks_.wait_until_inside("start");
  clock_.advance(hours(1));
  step();
  wait_for_ends(1);
  step();
  EXPECT_EQ(task("start").state, TaskState::kUpForRetry);
  EXPECT_THAT(task("start").error, HasSubstr("not done within 3600 s"));
  tasks_.release("start");
  clock_.advance(minutes(1));
  run_to_end();
  EXPECT_EQ(stored().state, RunState::kSucceeded);
}

TEST_F(ExecutionTest, AMissedSlaIsSaidAndTheRunGoesOn) {
  tasks_.fail("start", {unavailable("down")});
  step();
  wait_for_ends(1);
  clock_.advance(hours(25));
  step();
  EXPECT_TRUE(stored().sla_missed);
  clock_.advance(hours(1));
  run_to_end();
  EXPECT_EQ(stored().state, RunState::kSucceeded);
  EXPECT_EQ(std::count(recorder_.lines.begin(), recorder_.lines.end(), "sla missed"), 1);
}

TEST_F(ExecutionTest, InterruptedTasksArePendingAgain) {
  tasks_.hold("left");
  tasks_.hold("right");
  step();
  wait_for_ends(1);
  step();
  tasks_.wait_until_inside("left");
  tasks_.wait_until_inside("right");
  ASSERT_TRUE(execution_->interrupt().ok());
  EXPECT_EQ(task_of(stored(), "left").state, TaskState::kPending);
  EXPECT_EQ(task_of(stored(), "left").failures, 0U);
  EXPECT_EQ(task_of(stored(), "start").state, TaskState::kSucceeded);
  tasks_.release("left");
  tasks_.release("right");
  ended_ = 0;
  run_to_end();
  EXPECT_EQ(tasks_.calls("start"), 1);
  EXPECT_EQ(output("join"), "start;left;start;right;join;");
}

// As a kill would leave it: states on disk, half an output, no process.
TEST_F(ExecutionTest, GoesOnFromWhereACrashHasLeftIt) {
  run_to_end();
  const auto whole = output("join");
  PipelineRun crashed = stored();
  retry(dag_, crashed, "left");
  crashed.state = RunState::kRunning;
  start_task(crashed, "left", clock_.now());
  ASSERT_TRUE(store_.save(crashed).ok());
  execution_.reset();
  const auto torn = store_.directory(RunId("run")) / ".left";
  std::filesystem::create_directories(torn);
  std::ofstream(torn / "text") << "half";

  PipelineRun found = stored();
  recover(found, clock_.now());
  clock_.advance(minutes(1));
  ended_ = 0;
  work_on(found);
  run_to_end();
  EXPECT_EQ(stored().state, RunState::kSucceeded);
  EXPECT_EQ(output("join"), whole);
  EXPECT_EQ(tasks_.calls("start"), 1) << "what was done is not done again";
  EXPECT_EQ(tasks_.calls("left"), 2);
}

TEST_F(ExecutionTest, ADamagedInputNamesWhereToGoOnFrom) {
  tasks_.hold("join");
  step();
  wait_for_ends(1);
  step();
  wait_for_ends(2);
  step();
  tasks_.wait_until_inside("join");
  std::ofstream(store_.directory(RunId("run")) / "left" / "text") << "changed by a stranger";
  tasks_.release("join");
  wait_for_ends(1);
  step();
  EXPECT_EQ(task("join").state, TaskState::kFailed);
  EXPECT_THAT(task("join").error, HasSubstr("the output of left cannot be used, retry from there"));
}

TEST_F(ExecutionTest, ADriverOutsideStartsTaskByTask) {
  ASSERT_TRUE(execution_->change([](PipelineRun& run) { run.plan.driver = Driver::kExternal; }).ok());
  step();
  EXPECT_EQ(task("start").state, TaskState::kPending);
  EXPECT_EQ(execution_->start("left").error().code(), ErrorCode::kFailedPrecondition);
  for (const TaskSpec& spec : dag_.tasks()) {
    ASSERT_TRUE(execution_->start(spec.id).ok()) << spec.id;
    wait_for_ends(1);
    step();
    EXPECT_EQ(task(spec.id).state, TaskState::kSucceeded);
  }
  EXPECT_EQ(stored().state, RunState::kSucceeded);
}

}  // namespace
}  // namespace magpie::batch::pipeline

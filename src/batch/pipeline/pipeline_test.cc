#include "batch/pipeline/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "batch/pipeline/pipeline_harness_test.h"
#include "batch/pipeline/scheduler.h"

namespace magpie::batch::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() { open(); }

  void open() {
    pipeline_.reset();
    pipeline_ = std::make_unique<Pipeline>(
        dag_, tasks_.bodies(dag_), *RunStore::open(directory_.path()), settings_, clock_, metrics_,
        Logger::to_stream(log_, LogLevel::kInfo, LogFormat::kText), [this](const Alert& alert) { keep(alert); },
        std::function<void(const PipelineRun&)>());
  }
  void keep(const Alert& alert) {
    const std::lock_guard lock(mutex_);
    alerts_.push_back(std::string(to_string(alert.kind)) + (alert.task.empty() ? "" : " " + alert.task));
  }
  [[nodiscard]] std::vector<std::string> alerts() {
    const std::lock_guard lock(mutex_);
    return alerts_;
  }
  [[nodiscard]] PipelineRun start(const RunRequest& request = {}) {
    auto run = pipeline_->start(request);
    EXPECT_TRUE(run.ok()) << run.status().to_string();
    return run.ok() ? *run : PipelineRun{};
  }
  [[nodiscard]] PipelineRun finish(const RunId& id) {
    auto run = pipeline_->wait(id, {});
    EXPECT_TRUE(run.ok()) << run.status().to_string();
    return run.ok() ? *run : PipelineRun{};
  }
  [[nodiscard]] std::string text_of(const RunId& id, const std::string& task) {
    const auto text = read_file(directory_.path() / id.get() / task / "text");
    return text.ok() ? *text : std::string();
  }
  static RunRequest attended() {
    RunRequest request;
    request.attended = true;
    return request;
  }

  contract::TemporaryDirectory directory_;
  const Dag dag_ = harness_dag();
  ScriptedTasks tasks_;
  ManualClock clock_{kHarnessNow};
  Metrics metrics_;
  std::ostringstream log_;
  PipelineSettings settings_;
  std::mutex mutex_;
  std::vector<std::string> alerts_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PipelineTest, ARunSucceedsAndItsDataGoes) {
  const PipelineRun run = finish(start().plan.id);
  EXPECT_EQ(run.state, RunState::kSucceeded);
  EXPECT_TRUE(run.data_discarded);
  EXPECT_EQ(text_of(run.plan.id, "join"), "");
  EXPECT_THAT(*pipeline_->log(run.plan.id, "join", std::nullopt), HasSubstr("succeeded"));
  EXPECT_TRUE(alerts().empty());
  EXPECT_EQ(pipeline_->active(), std::nullopt);
}

TEST_F(PipelineTest, TheWindowEndsAtTheTimeThatTheRunIsNamedAfter) {
  RunRequest request;
  request.id = scheduled_run_id(kHarnessNow - std::chrono::hours(3));
  const PipelineRun run = start(request);
  EXPECT_EQ(run.plan.window.end, *scheduled_time(*request.id));
  EXPECT_EQ(run.plan.window.start, run.plan.window.end - settings_.window);
  static_cast<void>(finish(run.plan.id));
  EXPECT_EQ(pipeline_->start(request).error().code(), ErrorCode::kAlreadyExists);
  request.id = scheduled_run_id(kHarnessNow + std::chrono::hours(1));
  EXPECT_EQ(pipeline_->start(request).error().code(), ErrorCode::kInvalidArgument);
  request.id = RunId("../up");
  EXPECT_EQ(pipeline_->start(request).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(PipelineTest, OneRunAtATimeDrivesItself) {
  tasks_.hold("start");
  const PipelineRun run = start();
  tasks_.wait_until_inside("start");
  EXPECT_EQ(pipeline_->active(), run.plan.id);
  EXPECT_EQ(pipeline_->start({}).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(pipeline_->retry(run.plan.id, std::nullopt).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(pipeline_->start_task(run.plan.id, "start", false).error().code(), ErrorCode::kFailedPrecondition);
  tasks_.release("start");
  EXPECT_EQ(finish(run.plan.id).state, RunState::kSucceeded);
}

TEST_F(PipelineTest, AnAttendedRunFailsAtOnceAndCanBeRetried) {
  tasks_.fail("join", {unavailable("down")});
  const RunId id = start(attended()).plan.id;
  const PipelineRun failed = finish(id);
  EXPECT_EQ(failed.state, RunState::kFailed);
  EXPECT_THAT(alerts(), ElementsAre("task_failed join", "run_failed"));
  EXPECT_EQ(text_of(id, "left"), "start;left;") << "kept, to go on with";
  ASSERT_TRUE(pipeline_->retry(id, std::nullopt).ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("left"), 1);
  EXPECT_EQ(tasks_.calls("join"), 2);
  EXPECT_EQ(pipeline_->retry(id, std::nullopt).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(pipeline_->retry(RunId("none"), std::nullopt).error().code(), ErrorCode::kNotFound);
}

TEST_F(PipelineTest, ARetryThatNeedsDiscardedDataBeginsAgain) {
  const RunId id = start().plan.id;
  static_cast<void>(finish(id));
  ASSERT_TRUE(pipeline_->retry(id, "last").ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("join"), 1) << "last needs no data";
  ASSERT_TRUE(pipeline_->retry(id, "join").ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("start"), 2);
  EXPECT_EQ(pipeline_->retry(id, "nothing").error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(PipelineTest, AnUnfinishedRunGoesOnInTheNextProcess) {
  tasks_.hold("join");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("join");
  open();  // Ends the one before, in the middle of a task.
  EXPECT_EQ(pipeline_->active(), std::nullopt);
  EXPECT_EQ(pipeline_->get(id)->state, RunState::kRunning);
  tasks_.release("join");
  ASSERT_TRUE(pipeline_->resume().ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("left"), 1);
  EXPECT_EQ(tasks_.calls("join"), 2);
}

TEST_F(PipelineTest, WhatAPowerCutHasTakenIsMadeAgain) {
  tasks_.hold("join");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("join");
  pipeline_.reset();
  std::filesystem::remove(directory_.path() / id.get() / "left" / "text");
  open();
  tasks_.release("join");
  ASSERT_TRUE(pipeline_->resume().ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("start"), 1);
  EXPECT_EQ(tasks_.calls("left"), 2);
  EXPECT_EQ(tasks_.calls("right"), 1);
}

TEST_F(PipelineTest, AnAttendedRunDoesNotOutliveACrash) {
  const auto store = RunStore::open(directory_.path());
  PipelineRun crashed = new_run(dag_, start(attended()).plan);
  static_cast<void>(finish(crashed.plan.id));
  start_task(crashed, "start", clock_.now());
  ASSERT_TRUE(store->save(crashed).ok());
  open();
  ASSERT_TRUE(pipeline_->resume().ok());
  EXPECT_EQ(pipeline_->active(), std::nullopt);
  EXPECT_EQ(pipeline_->get(crashed.plan.id)->state, RunState::kFailed);
}

TEST_F(PipelineTest, TheSchedulerStartsWhatIsDue) {
  const auto schedule = *CronSchedule::parse("0 * * * *");
  clock_.set(*scheduled_time(RunId("2026-11-24T01:30:00Z")));
  Scheduler scheduler(schedule, *pipeline_, clock_, Logger::to_stream(log_, LogLevel::kInfo, LogFormat::kText));
  scheduler.tick();
  EXPECT_TRUE(pipeline_->list()->empty());
  clock_.set(*scheduled_time(RunId("2026-11-24T02:00:00Z")));
  tasks_.hold("join");
  scheduler.tick();
  const RunId first("2026-11-24T02:00:00Z");
  EXPECT_EQ(pipeline_->active(), first);
  clock_.advance(std::chrono::hours(1));
  scheduler.tick();
  EXPECT_EQ(pipeline_->list()->size(), 1U) << "the one before goes first";
  tasks_.release("join");
  static_cast<void>(finish(first));
  scheduler.tick();
  const RunId second("2026-11-24T03:00:00Z");
  EXPECT_EQ(finish(second).state, RunState::kSucceeded);
  scheduler.tick();
  EXPECT_EQ(pipeline_->list()->size(), 2U);

  clock_.advance(std::chrono::hours(5));
  Scheduler later(schedule, *pipeline_, clock_, Logger::to_stream(log_, LogLevel::kInfo, LogFormat::kText));
  later.tick();
  EXPECT_EQ(finish(RunId("2026-11-24T08:00:00Z")).state, RunState::kSucceeded) << "missed while nobody ran";
}

TEST_F(PipelineTest, AnUnfinishedRunIsGivenUpForANewerOne) {
  tasks_.hold("join");
  const RunId old = start().plan.id;
  tasks_.wait_until_inside("join");
  open();
  tasks_.release("join");
  clock_.advance(Duration(1));
  const RunId fresh = start().plan.id;
  EXPECT_EQ(finish(fresh).state, RunState::kSucceeded);
  EXPECT_EQ(pipeline_->get(old)->state, RunState::kFailed);
  EXPECT_THAT(pipeline_->get(old)->error, HasSubstr("given up"));
  EXPECT_EQ(text_of(old, "left"), "") << "its data went with the end of the newer one";
}

TEST_F(PipelineTest, WaitingEndsWithThePipeline) {
  tasks_.hold("start");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("start");
  std::jthread stopper([this] { pipeline_->stop(); });
  EXPECT_EQ(pipeline_->wait(id, {}).error().code(), ErrorCode::kUnavailable);
}

TEST_F(PipelineTest, RunsThatNeedDataBeginAgainWhenItMustGo) {
  tasks_.hold("join");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("join");
  bool nothing_left = false;
  ASSERT_TRUE(pipeline_
                  ->without_data([&] {
                    nothing_left = text_of(id, "start").empty() && text_of(id, "left").empty();
                    return ok_status();
                  })
                  .ok());
  EXPECT_TRUE(nothing_left);
  tasks_.release("join");
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("start"), 2);
  EXPECT_EQ(tasks_.calls("left"), 2);
}

TEST_F(PipelineTest, RunsPastTheirDataLoseItAndGoOn) {
  tasks_.hold("last");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("last");
  ASSERT_TRUE(pipeline_->without_data([] { return ok_status(); }).ok());
  EXPECT_EQ(text_of(id, "join"), "");
  tasks_.release("last");
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("start"), 1);
}

TEST_F(PipelineTest, AFailedRunLosesItsDataToo) {
  tasks_.fail("join", {unavailable("down")});
  const RunId id = start(attended()).plan.id;
  static_cast<void>(finish(id));
  EXPECT_EQ(pipeline_->without_data([] { return internal_error("work failed"); }).error().code(), ErrorCode::kInternal);
  EXPECT_EQ(text_of(id, "left"), "");
  ASSERT_TRUE(pipeline_->retry(id, std::nullopt).ok());
  EXPECT_EQ(finish(id).state, RunState::kSucceeded);
  EXPECT_EQ(tasks_.calls("start"), 2);
}

TEST_F(PipelineTest, ASchedulerOutsideDrivesTaskByTask) {
  const RunId id("airflow-7");
  EXPECT_EQ(pipeline_->start_task(id, "join", false).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(pipeline_->start_task(id, "nothing", false).error().code(), ErrorCode::kNotFound);
  for (const TaskSpec& spec : dag_.tasks()) {
    ASSERT_TRUE(pipeline_->start_task(id, spec.id, false).ok()) << spec.id;
    EXPECT_EQ(task_of(finish(id), spec.id).state, TaskState::kSucceeded) << spec.id;
  }
  EXPECT_EQ(pipeline_->get(id)->state, RunState::kSucceeded);
}

TEST_F(PipelineTest, ATaskThatHasSucceededIsRepeatedByForceOnly) {
  const RunId id("airflow-7");
  for (const auto* task : {"start", "left"}) {
    ASSERT_TRUE(pipeline_->start_task(id, task, false).ok());
    static_cast<void>(finish(id));
  }
  ASSERT_TRUE(pipeline_->start_task(id, "start", false).ok());
  static_cast<void>(finish(id));
  EXPECT_EQ(tasks_.calls("start"), 1);
  ASSERT_TRUE(pipeline_->start_task(id, "start", true).ok());
  const PipelineRun run = finish(id);
  EXPECT_EQ(tasks_.calls("start"), 2);
  EXPECT_EQ(task_of(run, "left").state, TaskState::kPending) << "it was made from what is replaced";
}

TEST_F(PipelineTest, TheFailureOfATaskDrivenFromOutsideIsItsDrivers) {
  tasks_.fail("start", {unavailable("down")});
  const RunId id("airflow-7");
  ASSERT_TRUE(pipeline_->start_task(id, "start", false).ok());
  EXPECT_EQ(task_of(finish(id), "start").state, TaskState::kFailed);
  ASSERT_TRUE(pipeline_->start_task(id, "start", false).ok());
  EXPECT_EQ(task_of(finish(id), "start").state, TaskState::kSucceeded);
}

TEST_F(PipelineTest, KeepsSoManyRuns) {
  settings_.runs_kept = 2;
  open();
  for (int i = 0; i < 4; ++i) {
    clock_.advance(Duration(1));
    static_cast<void>(finish(start().plan.id));
  }
  EXPECT_EQ(pipeline_->list()->size(), 2U);
}

TEST_F(PipelineTest, ProgressIsReported) {
  tasks_.hold("join");
  const RunId id = start().plan.id;
  tasks_.wait_until_inside("join");
  double seen = 0;
  const auto run = pipeline_->wait(id, [&](const PipelineRun& now) {
    seen = std::max(seen, progress_of(now));
    tasks_.release("join");
  });
  EXPECT_TRUE(run.ok());
  EXPECT_GE(seen, 3.0 / 5);
}

TEST(Alerts, AreJson) {
  const Alert alert{AlertKind::kTaskFailed, from_unix_ms(0), RunId("run"), "join", "it said \"no\""};
  EXPECT_EQ(to_json(alert), R"({"kind":"task_failed","message":"it said \"no\"","run_id":"run","task":"join",)"
                            R"("time":"1970-01-01T00:00:00Z"})");
}

}  // namespace
}  // namespace magpie::batch::pipeline

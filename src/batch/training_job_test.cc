#include "batch/training_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

namespace magpie::batch {
namespace {

ModelInfo version(std::uint64_t number) {
  ModelInfo info;
  info.version = ModelVersion(number);
  return info;
}

TEST(TrainingJob, RunGivesTheOutcomeAndRemembersIt) {
  TrainingJob job([](const ReportProgress&) -> Result<ModelInfo> { return version(3); });
  EXPECT_FALSE(job.status().last.has_value());
  const Result<ModelInfo> outcome = job.run();
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->version, ModelVersion(3));
  EXPECT_FALSE(job.status().running);
  EXPECT_EQ(job.status().last->version, ModelVersion(3));
  EXPECT_FALSE(job.status().last_error.has_value());
}

TEST(TrainingJob, OnlyOneRunsAtATime) {
  std::latch started(1);
  std::latch release(1);
  std::atomic<int> trainings = 0;
  TrainingJob job([&](const ReportProgress& report) -> Result<ModelInfo> {
    ++trainings;
    report({"als", 0.5});
    started.count_down();
    release.wait();
    return version(1);
  });
  ASSERT_TRUE(job.start().ok());
  started.wait();
  EXPECT_TRUE(job.status().running);
  EXPECT_EQ(job.status().progress.stage, "als");
  EXPECT_EQ(job.status().progress.fraction, 0.5);
  EXPECT_EQ(job.start().error().code(), ErrorCode::kFailedPrecondition);

  std::future<Result<ModelInfo>> joined = std::async(std::launch::async, [&job] { return job.run(); });
  release.count_down();
  const Result<ModelInfo> outcome = joined.get();
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->version, ModelVersion(1));
}

TEST(TrainingJob, AFailureIsReportedAndTheLastSuccessKept) {
  int calls = 0;
  TrainingJob job([&calls](const ReportProgress&) -> Result<ModelInfo> {
    if (++calls == 2) return unavailable("history does not answer");
    return version(static_cast<std::uint64_t>(calls));
  });
  ASSERT_TRUE(job.run().ok());
  EXPECT_EQ(job.run().error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(job.status().last->version, ModelVersion(1));
  EXPECT_EQ(job.status().last_error->code(), ErrorCode::kUnavailable);
  ASSERT_TRUE(job.run().ok());
  EXPECT_EQ(job.status().last->version, ModelVersion(3));
  EXPECT_FALSE(job.status().last_error.has_value());
}

TEST(TrainingJob, WhatATrainingThrowsIsItsError) {
  TrainingJob broken([](const ReportProgress&) -> Result<ModelInfo> { throw std::runtime_error("a bug"); });
  EXPECT_EQ(broken.run().error().code(), ErrorCode::kInternal);
  TrainingJob large([](const ReportProgress&) -> Result<ModelInfo> { throw std::bad_alloc(); });
  EXPECT_EQ(large.run().error().code(), ErrorCode::kResourceExhausted);
}

TEST(TrainingJob, TheDestructorWaitsForTheTraining) {
  std::atomic<bool> finished = false;
  {
    std::latch started(1);
    TrainingJob job([&](const ReportProgress&) -> Result<ModelInfo> {
      started.count_down();
      std::this_thread::yield();
      finished = true;
      return version(1);
    });
    ASSERT_TRUE(job.start().ok());
    started.wait();
  }
  EXPECT_TRUE(finished);
}

TEST(TrainingJob, ManyWaitersAreAllAnswered) {
  TrainingJob job([](const ReportProgress&) -> Result<ModelInfo> { return version(1); });
  std::vector<std::future<Result<ModelInfo>>> waiters;
  for (int i = 0; i < 16; ++i) waiters.push_back(std::async(std::launch::async, [&job] { return job.run(); }));
  for (auto& waiter : waiters) EXPECT_TRUE(waiter.get().ok());
}

}  // namespace
}  // namespace magpie::batch

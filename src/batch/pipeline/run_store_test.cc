#include "batch/pipeline/run_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "batch/pipeline/policy.h"
#include "batch/pipeline/run_json.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::batch::pipeline {
namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

Dag two_tasks() {
  TaskSpec first;
  first.id = "first";
  TaskSpec second;
  second.id = "second";
  second.upstreams = {"first"};
  return *Dag::make({first, second});
}

class RunStoreTest : public testing::Test {
 protected:
  RunStoreTest() : store_(*RunStore::open(directory_.path() / "runs")) {}

  static PipelineRun run(const std::string& id, Timestamp created_at = kNow) {
    RunPlan plan;
    plan.id = RunId(id);
    plan.created_at = created_at;
    plan.rollout = Rollout::kImmediate;
    plan.window = {kNow - std::chrono::days(90), kNow};
    plan.settings = {{"als.factors", "64"}, {"train.seed", "42"}};
    return new_run(two_tasks(), std::move(plan));
  }
  [[nodiscard]] std::vector<std::string> listed_ids() const {
    const auto runs = store_.list();
    EXPECT_TRUE(runs.ok());
    std::vector<std::string> ids;
    for (const PipelineRun& listed : *runs) ids.push_back(listed.plan.id.get());
    return ids;
  }
  void write(const RunId& id, const std::string& task) {
    std::filesystem::create_directories(store_.directory(id) / task);
    std::ofstream(store_.directory(id) / task / "file") << "data";
  }

  contract::TemporaryDirectory directory_;
  RunStore store_;
};

TEST_F(RunStoreTest, KeepsEverythingOfARun) {
  PipelineRun saved = run("2026-11-24T02:00:00Z");
  ASSERT_TRUE(store_.create(saved).ok());
  start_task(saved, "first", kNow);
  finish_task(saved, "first", unavailable("down \"now\""), kNow + Duration(5));
  saved.sla_missed = true;
  saved.data_discarded = true;
  task_of(saved, "first").facts = {{"events", "17"}};
  ASSERT_TRUE(store_.save(saved).ok());
  const auto loaded = store_.load(saved.plan.id);
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ(loaded->tasks, saved.tasks);
  EXPECT_EQ(loaded->plan.settings, saved.plan.settings);
  EXPECT_EQ(loaded->plan.retry, saved.plan.retry);
  EXPECT_EQ(loaded->plan.rollout, Rollout::kImmediate);
  EXPECT_EQ(loaded->plan.window.start, saved.plan.window.start);
  EXPECT_TRUE(loaded->sla_missed);
  EXPECT_TRUE(loaded->data_discarded);
  EXPECT_EQ(*encode_run(*loaded), *encode_run(saved));
}

TEST_F(RunStoreTest, ARunIsMadeOnce) {
  ASSERT_TRUE(store_.create(run("a")).ok());
  EXPECT_EQ(store_.create(run("a")).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(store_.load(RunId("b")).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store_.load(RunId("../a")).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(RunStoreTest, ADamagedRunIsRefusedWhateverByteIsTorn) {
  ASSERT_TRUE(store_.create(run("whole")).ok());
  ASSERT_TRUE(store_.create(run("torn")).ok());
  const auto path = store_.directory(RunId("torn")) / "run.json";
  const std::string text = *read_file(path);
  for (std::size_t size = 0; size < text.size() - 1; size += 7) {
    ASSERT_TRUE(write_file_atomically(path, text.substr(0, size)).ok());
    EXPECT_EQ(store_.load(RunId("torn")).error().code(), ErrorCode::kDataLoss) << size;
  }
  std::string flipped = text;
  flipped[flipped.find("pending")] = 'q';
  ASSERT_TRUE(write_file_atomically(path, flipped).ok());
  EXPECT_EQ(store_.load(RunId("torn")).error().code(), ErrorCode::kDataLoss);
  const auto listed = store_.list();
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().plan.id, RunId("whole"));
}

TEST_F(RunStoreTest, ListsTheNewestFirst) {
  ASSERT_TRUE(store_.create(run("b", kNow)).ok());
  ASSERT_TRUE(store_.create(run("a", kNow + Duration(1))).ok());
  ASSERT_TRUE(store_.create(run("c", kNow - Duration(1))).ok());
  EXPECT_THAT(listed_ids(), testing::ElementsAre("a", "b", "c"));
}

TEST_F(RunStoreTest, DiscardingDataKeepsTheRunAndItsLogs) {
  const RunId id("a");
  ASSERT_TRUE(store_.create(run("a")).ok());
  write(id, "first");
  write(id, ".second");
  std::ofstream(store_.log_path(id, "first", 1)) << "line\n";
  ASSERT_TRUE(store_.discard_data(id).ok());
  EXPECT_FALSE(std::filesystem::exists(store_.directory(id) / "first"));
  EXPECT_FALSE(std::filesystem::exists(store_.directory(id) / ".second"));
  EXPECT_TRUE(std::filesystem::exists(store_.log_path(id, "first", 1)));
  EXPECT_TRUE(store_.load(id).ok());
}

TEST_F(RunStoreTest, RetentionTakesTheOldestThatHaveEnded) {
  for (int i = 0; i < 4; ++i) {
    PipelineRun old = run("r" + std::to_string(i), kNow + Duration(i));
    if (i != 0) end_run(old, RunState::kSucceeded, kNow);
    ASSERT_TRUE(store_.create(old).ok());
  }
  ASSERT_TRUE(store_.retain(2).ok());
  EXPECT_THAT(listed_ids(), testing::ElementsAre("r3", "r2", "r0"));
}

TEST(RunIds, TimesAndOtherNames) {
  const Timestamp time = from_unix_ms(1'795'000'000'000);
  EXPECT_EQ(scheduled_time(scheduled_run_id(time)), time);
  EXPECT_EQ(scheduled_run_id(from_unix_ms(0)).get(), "1970-01-01T00:00:00Z");
  for (const auto* text : {"2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01",
                           "2026-1-01T00:00:00Z", "2026-01-01T00:00:00Zx", "manual__2026-01-01T00:00:00Z", ""}) {
    EXPECT_EQ(scheduled_time(RunId(text)), std::nullopt) << text;
  }
  EXPECT_TRUE(validate_run_id("id", "manual__2026-01-01T00:00:00Z.7").ok());
  for (const auto* text : {"", ".", "..", ".a", "a/b", "a b", "a\n"}) {
    EXPECT_FALSE(validate_run_id("id", text).ok()) << text;
  }
  EXPECT_FALSE(validate_run_id("id", std::string(65, 'a')).ok());
}

}  // namespace
}  // namespace magpie::batch::pipeline

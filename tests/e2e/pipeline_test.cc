// The daily pipeline through the command line and the API: runs, retries, tasks for a scheduler outside, erasure.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "e2e/running_engine.h"
#include "e2e/shop.h"

namespace magpie::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PipelineEndToEnd : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_.call("POST", "/v1/items", shop_items());
    engine_.call("POST", "/v1/events", shop_events(SystemClock().now()));
  }
  [[nodiscard]] nlohmann::json run(const std::string& id) { return engine_.get("/v1/pipeline/runs/" + id); }
  [[nodiscard]] bool has_data(const std::string& id, const std::string& task) const {
    return std::filesystem::exists(engine_.data() / "pipeline" / id / task);
  }

  RunningEngine engine_;
};

TEST_F(PipelineEndToEnd, ARunPutsAModelInProduction) {
  const auto ran = engine_.command({"pipeline", "run", "--run", "first"});
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("first  succeeded"));
  EXPECT_THAT(ran.output, HasSubstr("model_version 1"));
  EXPECT_EQ(engine_.get("/v1/models").at("production"), 1);
  EXPECT_EQ(engine_.recommend("user-4").size(), 10U);

  const auto again = engine_.command({"pipeline", "run", "--run", "first"});
  EXPECT_NE(again.status, 0);
  EXPECT_THAT(again.output, HasSubstr("already"));
  const auto status = engine_.command({"pipeline", "status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_THAT(status.output, HasSubstr("train_collaborative"));
  const auto nothing = engine_.command({"pipeline", "retry"});
  EXPECT_NE(nothing.status, 0);
  EXPECT_THAT(nothing.output, HasSubstr("has succeeded"));
  const auto repeated = engine_.command({"pipeline", "retry", "--run", "first", "--from", "combine"});
  EXPECT_EQ(repeated.status, 0) << repeated.output;
  EXPECT_THAT(engine_.command({"pipeline", "graph", "--mermaid"}).output, HasSubstr("read --> filter"));
}

TEST_F(PipelineEndToEnd, ATrainingIsARunThatDoesNotWait) {
  EXPECT_EQ(engine_.train().at("version"), 1);
  const auto runs = engine_.get("/v1/pipeline/runs").at("runs");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("state"), "succeeded");
  EXPECT_EQ(runs[0].at("rollout"), "immediate");
  EXPECT_EQ(runs[0].at("settings").at("als.factors"), "64");
  EXPECT_FALSE(runs[0].at("settings").contains("server.listen"));
}

TEST_F(PipelineEndToEnd, ASchedulerOutsideCallsTaskByTask) {
  const auto early = engine_.command({"task", "combine", "--run", "outside"});
  EXPECT_NE(early.status, 0) << early.output;
  for (const auto* task :
       {"read", "filter", "write_clean", "user_features", "item_features", "merge_features", "train_collaborative",
        "train_two_tower", "combine", "upload", "ab_test", "monitor", "rollout"}) {
    const auto done = engine_.command({"task", task, "--run", "outside"});
    ASSERT_EQ(done.status, 0) << task << done.output;
    EXPECT_THAT(done.output, HasSubstr("succeeded")) << task;
  }
  EXPECT_EQ(run("outside").at("state"), "succeeded");
  EXPECT_EQ(engine_.get("/v1/models").at("production"), 1);
  EXPECT_EQ(engine_.command({"task", "read", "--run", "outside"}).status, 0);
  EXPECT_EQ(run("outside").at("tasks")[0].at("attempts"), 1) << "was done before";
}

TEST_F(PipelineEndToEnd, ErasingAUserRemovesWhatRunsHaveRead) {
  ASSERT_EQ(engine_.command({"task", "read", "--run", "outside"}).status, 0);
  ASSERT_EQ(engine_.command({"task", "filter", "--run", "outside"}).status, 0);
  EXPECT_TRUE(has_data("outside", "read"));
  engine_.call("DELETE", "/v1/users/user-4");
  EXPECT_FALSE(has_data("outside", "read"));
  EXPECT_FALSE(has_data("outside", "filter"));
  EXPECT_EQ(run("outside").at("tasks")[0].at("state"), "pending");
  const auto retried = engine_.command({"pipeline", "retry", "--run", "outside"});
  EXPECT_EQ(retried.status, 0) << retried.output;
  EXPECT_THAT(retried.output, HasSubstr("users 119"));
  EXPECT_THAT(retried.output, Not(HasSubstr("users 120")));
}

}  // namespace
}  // namespace magpie::tests

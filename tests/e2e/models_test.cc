// Model versions of a real process: a canary beside production, promotion and rollback, over HTTP and the command.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "e2e/running_engine.h"
#include "e2e/shop.h"

namespace magpie::tests {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Two versions; the second one is in production.
class EngineWithTwoModels : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_.fill_shop();
    engine_.train();
  }
  std::map<int, int> versions_by_user() {
    std::map<int, int> versions;
    for (int user = 0; user < kShopUsers; ++user) {
      versions[user] = engine_.get("/v1/recommendations?user_id=" + user_id(user)).at("model_version");
    }
    return versions;
  }
  void expect_everybody_gets(int version) {
    for (const auto& [user, got] : versions_by_user()) EXPECT_EQ(got, version) << user;
  }
  RunningEngine engine_;
};

TEST_F(EngineWithTwoModels, SplitsTheUsersBetweenProductionAndCanary) {
  expect_everybody_gets(2);
  const json list = engine_.call("POST", "/v1/models/1/canary?share=0.5");
  EXPECT_EQ(list.at("production"), 2);
  EXPECT_EQ(list.at("canary").at("version"), 1);
  const auto split = versions_by_user();  // In force when the call returns.
  int canary = 0;
  for (const auto& [user, version] : split) canary += version == 1 ? 1 : 0;
  EXPECT_NEAR(canary, kShopUsers / 2, 25);
  EXPECT_EQ(versions_by_user(), split) << "nobody changes sides";
  engine_.stop();
  engine_.start();
  EXPECT_EQ(versions_by_user(), split) << "nor does a restart change anything";
  EXPECT_THAT(engine_.http().get("/metrics")->body, HasSubstr("magpie_model_version{role=\"canary\"} 1"));

  engine_.call("DELETE", "/v1/models/canary");
  expect_everybody_gets(2);
}

TEST_F(EngineWithTwoModels, PromotesAndRollsBackByCommand) {
  auto done = engine_.command({"models", "promote", "v1"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("v1       production"));
  EXPECT_THAT(done.output, HasSubstr("v2       previous"));
  expect_everybody_gets(1);
  done = engine_.command({"models", "rollback"});
  EXPECT_EQ(done.status, 0) << done.output;
  expect_everybody_gets(2);
  done = engine_.command({"models", "canary", "1", "--share", "0.25"});
  EXPECT_THAT(done.output, HasSubstr("v1       canary 25%"));
  done = engine_.command({"models", "canary", "--withdraw"});
  EXPECT_THAT(done.output, HasSubstr("v1 was rejected at"));
  EXPECT_NE(engine_.command({"models", "promote"}).status, 0);
  EXPECT_NE(engine_.command({"models", "promote", "v9"}).status, 0);
  done = engine_.command({"models", "list"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("v2       production"));
}

}  // namespace
}  // namespace magpie::tests

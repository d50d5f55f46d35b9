#include "app/settings.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace magpie::app {
namespace {

std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }

Status load(Settings& settings, const std::vector<std::pair<std::string, std::string>>& flags) {
  return settings.load({}, no_environment, flags);
}

TEST(Settings, TheRankerTrainsOnWhatIsServed) {
  Settings settings;
  ASSERT_TRUE(load(settings, {{"serving.collaborative_quota", "11"},
                              {"serving.content_quota", "12"},
                              {"serving.item_to_item_quota", "13"},
                              {"serving.trending_quota", "14"}})
                  .ok());
  const auto served = settings.recommender_settings();
  const auto trained = settings.train_settings().candidates;
  EXPECT_EQ(trained.collaborative, served.collaborative_quota);
  EXPECT_EQ(trained.content, served.content_quota);
  EXPECT_EQ(trained.item_to_item, served.item_to_item_quota);
  EXPECT_EQ(trained.trending, served.trending_quota);
  EXPECT_EQ(trained.trending, 14U);
}

TEST(Settings, EventWeightsChangeKindsAndAddThem) {
  Settings settings;
  ASSERT_TRUE(load(settings, {{"events.weights", "view=0.5,stare=3"}}).ok());
  const auto types = settings.event_types();
  ASSERT_TRUE(types.ok());
  EXPECT_EQ(types->weight(kView), 0.5);
  ASSERT_TRUE(types->find("stare").has_value());
  EXPECT_EQ(types->weight(*types->find("stare")), 3);
}

TEST(Settings, ABadlyNamedKindIsRefusedByName) {
  Settings settings;
  const auto loaded = load(settings, {{"events.weights", "Big Stare=3"}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().field(), "events.weights");
}

TEST(Settings, EveryTrainerGetsThreadsSeedAndItsOwnSettings) {
  Settings settings;
  ASSERT_TRUE(load(settings, {{"item_graph.method", "graph_filter"},
                              {"item_graph.neighbours", "21"},
                              {"item_graph.largest_closed_form", "22"},
                              {"train.seed", "9"},
                              {"train.threads", "5"}})
                  .ok());
  const batch::TrainSettings train = settings.train_settings();
  EXPECT_EQ(train.item_graph.method, batch::ItemGraphMethod::kGraphFilter);
  EXPECT_EQ(train.item_graph.neighbours, 21U);
  EXPECT_EQ(train.item_graph.largest_closed_form, 22U);
  EXPECT_EQ(train.item_graph.filter.seed, 9U);
  for (const unsigned threads : {train.als.threads, train.item_to_item.threads, train.item_graph.linear.threads,
                                 train.item_graph.filter.threads, train.two_tower.threads}) {
    EXPECT_EQ(threads, 5U);
  }
  EXPECT_FALSE(load(settings, {{"item_graph.method", "magic"}}).ok());
}

// A run gets what it was fixed to, whatever the program is configured to by then.
TEST(Settings, ARunIsFixedToTheSettingsOfItsBeginning) {
  Settings settings;
  ASSERT_TRUE(load(settings, {{"als.factors", "17"},
                              {"als.regularization", "0.1"},
                              {"train.seed", "9"},
                              {"events.weights", "view=0.5,stare=3"},
                              {"extraction.repeat", "1m30s"},
                              {"rollout.canary_share", "0.25"},
                              {"serving.content_quota", "7"},
                              {"server.listen", "127.0.0.1:1"}})
                  .ok());
  const auto fixed = settings.pipeline_settings().tasks;
  EXPECT_FALSE(fixed.contains("server.listen"));
  const auto daily = Settings::daily_settings(fixed);
  ASSERT_TRUE(daily.ok()) << daily.status().to_string();
  EXPECT_EQ(daily->train.als.factors, 17U);
  EXPECT_EQ(daily->train.als.regularization, 0.1F);
  EXPECT_EQ(daily->train.seed, 9U);
  EXPECT_EQ(daily->train.candidates.content, 7U);
  EXPECT_EQ(daily->extraction.repeat, std::chrono::seconds(90));
  EXPECT_EQ(daily->rollout.canary_share, 0.25);
  EXPECT_EQ(daily->types.weight(kView), 0.5);
  EXPECT_TRUE(daily->types.find("stare").has_value());
  EXPECT_EQ(Settings::daily_settings({{"als.gone", "1"}}).status().error().code(), ErrorCode::kInvalidArgument);
}

TEST(Settings, ABadScheduleIsRefusedByName) {
  Settings settings;
  const auto loaded = load(settings, {{"pipeline.schedule", "0 25 * * *"}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().field(), "pipeline.schedule");
  EXPECT_NE(loaded.error().message().find("hour '25'"), std::string::npos) << loaded.error().message();
}

}  // namespace
}  // namespace magpie::app

#include "app/settings.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace magpie::app

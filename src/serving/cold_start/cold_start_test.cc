#include "serving/cold_start/cold_start.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "serving/film_shop_test.h"
#include "serving/recommender.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"

namespace magpie::serving {
namespace {

std::size_t count(const Recommendation& answer, Source source) {
  return static_cast<std::size_t>(std::count_if(answer.items.begin(), answer.items.end(), [&](const auto& item) {
    return std::find(item.sources.begin(), item.sources.end(), source) != item.sources.end();
  }));
}

// A shop of three genres, its recommender and its cold start.
class ColdStartTest : public ::testing::Test {
 protected:
  ColdStartTest() {
    EXPECT_TRUE(catalogue_.put_items(films()).ok());
    models_.set(serving_model(catalogue_.snapshot(), 7));
    cold_start_.refresh();
  }

  Recommendation answer(const std::string& user, std::size_t n = 10) {
    RecommendationRequest request = request_for(user, n);
    request.explain = true;
    auto response = recommender_.recommend(request);
    EXPECT_TRUE(response.ok());
    return response.ok() ? *response : Recommendation();
  }

  void remember(const std::string& user, std::size_t views) {
    UserFeatures features;
    for (std::size_t i = 0; i < views; ++i) {
      Event event;
      event.id = EventId("e" + std::to_string(i));
      event.user = UserId(user);
      event.item = ItemId("war0");
      event.type = kView;
      event.time = kNow - std::chrono::minutes(i + 1);
      apply_to_user(features.recent, event);
    }
    FeatureUpdate update;
    update.users.emplace_back(UserId(user), std::move(features.recent));
    ASSERT_TRUE(features_.apply(std::move(update)).ok());
  }

  ManualClock clock_{kNow};
  EventTypes types_ = EventTypes::defaults();
  Metrics metrics_;
  UlidGenerator ids_{clock_, 1};
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryFeatureStore features_;
  ModelHolder models_;
  ThreadPool pool_{2, 64};
  ColdStart cold_start_{catalogue_, models_, types_, clock_, metrics_, {}};
  std::vector<Event> shown_;
  // The deadline is so long that no strategy is ever late.
  Recommender recommender_{catalogue_,
                           features_,
                           models_,
                           types_,
                           clock_,
                           ids_,
                           pool_,
                           metrics_,
                           [this](std::vector<Event> events) { shown_ = std::move(events); },
                           {.strategy_deadline = std::chrono::minutes(10), .max_per_category = 0},
                           &cold_start_};
};

TEST_F(ColdStartTest, AStrangerGetsSevenToExploreAndThreePopular) {
  const Recommendation response = answer("stranger");
  ASSERT_EQ(response.items.size(), 10U);
  EXPECT_EQ(count(response, Source::kExploration), 7U);
  EXPECT_EQ(count(response, Source::kPopular), 3U);
  for (const RecommendedItem& item : response.items) {
    const bool popular = item.sources == std::vector<Source>{Source::kPopular};
    EXPECT_EQ(item.reason.starts_with(popular ? "Popular in " : "To find out what you like in "), true) << item.reason;
  }
  EXPECT_EQ(metrics_.counter("magpie_cold_start_answers_total", "").value(), 1);
  EXPECT_EQ(metrics_.counter("magpie_explored_items_total", "", {{"source", "exploration"}}).value(), 7);
}

TEST_F(ColdStartTest, InterestsOfOnboardingAreUsed) {
  const std::vector<User> users{{UserId("ann"), {"war"}, kNow, ""}};
  ASSERT_TRUE(catalogue_.put_users(users).ok());
  std::vector<Item> more;  // Than one answer shows.
  for (int i = 5; i < 15; ++i) more.push_back(film("war" + std::to_string(i), {"war"}));
  ASSERT_TRUE(catalogue_.put_items(more).ok());
  models_.set(serving_model(catalogue_.snapshot(), 8));
  const Recommendation response = answer("ann");
  EXPECT_EQ(count(response, Source::kOnboarding) + count(response, Source::kExploration), 7U);
  EXPECT_GE(count(response, Source::kOnboarding), 1U);
  for (const RecommendedItem& item : response.items) {
    if (item.sources[0] == Source::kOnboarding) {
      EXPECT_TRUE(item.item.get().starts_with("war"));
      EXPECT_EQ(item.reason, "Because you chose war");
    } else if (item.sources[0] == Source::kPopular) {
      EXPECT_TRUE(item.item.get().starts_with("war"));
      EXPECT_EQ(item.reason.ends_with(" in war"), true) << item.reason;
    }
  }
}

TEST_F(ColdStartTest, LogsWhatWasDrawnWithItsChance) {
  const Recommendation response = answer("stranger");
  ASSERT_EQ(shown_.size(), response.items.size());
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    EXPECT_EQ(shown_[i].propensity, response.items[i].propensity);
    const bool drawn = response.items[i].sources == std::vector<Source>{Source::kExploration};
    EXPECT_EQ(response.items[i].propensity < 1, drawn);
  }
}

TEST_F(ColdStartTest, ShiftsToPersonalisedWithTheInteractions) {
  remember("u10", 10);
  remember("u15", 15);
  remember("u20", 20);
  EXPECT_EQ(count(answer("u10"), Source::kExploration), 7U);
  EXPECT_EQ(count(answer("u15"), Source::kExploration), 4U);
  EXPECT_EQ(count(answer("u20"), Source::kExploration), 0U);
  EXPECT_EQ(metrics_.counter("magpie_cold_start_answers_total", "").value(), 2);
}

TEST_F(ColdStartTest, AfterAWeekThreeOfTenExplore) {
  const std::vector<User> users{{UserId("ann"), {}, kNow - std::chrono::days(8), ""}};
  ASSERT_TRUE(catalogue_.put_users(users).ok());
  EXPECT_EQ(count(answer("ann"), Source::kExploration), 3U);
}

TEST_F(ColdStartTest, AnswersAreAsLongAsWithoutIt) {
  EXPECT_EQ(answer("stranger", 15).items.size(), 15U);
  EXPECT_EQ(answer("stranger", 1).items.size(), 1U);
  EXPECT_EQ(answer("stranger", 100).items.size(), 15U);
  models_.set(nullptr);
  EXPECT_EQ(answer("stranger").items.size(), 10U);
}

TEST_F(ColdStartTest, TheBoardFollowsModelAndCatalogue) {
  const auto first = cold_start_.board();
  EXPECT_EQ(first->categories.size(), 3U);
  ASSERT_TRUE(catalogue_.put_items({film("west0", {"western"})}).ok());
  cold_start_.refresh();
  EXPECT_EQ(cold_start_.board(), first) << "not yet due";
  clock_.advance(std::chrono::seconds(5));
  cold_start_.refresh();
  EXPECT_EQ(cold_start_.board()->categories.size(), 3U) << "the model was not joined with it yet";
  models_.set(serving_model(catalogue_.snapshot(), 8));
  cold_start_.refresh();
  EXPECT_EQ(cold_start_.board()->categories.size(), 4U);
}

}  // namespace
}  // namespace magpie::serving

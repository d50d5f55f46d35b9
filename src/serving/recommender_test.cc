#include "serving/recommender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/faults/faulty_feature_store.h"

namespace magpie::serving {
namespace {

using Ids = std::vector<std::string>;

Ids ids_of(const Recommendation& response) {
  Ids ids;
  for (const RecommendedItem& item : response.items) ids.push_back(item.item.get());
  return ids;
}

bool contains(const Ids& ids, const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

class RecommenderTest : public ::testing::Test {
 protected:
  RecommenderTest() {
    EXPECT_TRUE(catalogue_.put_items(films()).ok());
    models_.set(serving_model(catalogue_.snapshot(), 7));
  }

  // The deadline is so long that no strategy is ever late.
  std::unique_ptr<Recommender> recommender(RecommenderSettings settings = {}) {
    settings.strategy_deadline = std::chrono::minutes(10);
    return std::make_unique<Recommender>(
        catalogue_, faulty_features_, models_, types_, clock_, ids_, pool_, metrics_,
        [this](std::vector<Event> events) { shown_.push_back(std::move(events)); }, settings);
  }

  void remember(const std::string& user, UserFeatures features) {
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
  faults::FaultPlan plan_;
  faults::FaultyFeatureStore faulty_features_{features_, plan_};
  ModelHolder models_;
  ThreadPool pool_{2, 64};
  std::vector<std::vector<Event>> shown_;
};

TEST_F(RecommenderTest, RecommendsByTasteUnderTheRule) {
  remember("u1", user_who(kLike, {"war0", "war1"}));
  const auto response = recommender()->recommend(request_for("u1", 8));
  ASSERT_TRUE(response.ok()) << response.error().to_string();
  const Ids ids = ids_of(*response);
  ASSERT_EQ(ids.size(), 8U);
  EXPECT_EQ(ids[0].substr(0, 3), "war");
  EXPECT_FALSE(contains(ids, "war0"));
  EXPECT_FALSE(contains(ids, "war1"));
  std::map<std::string, int> by_genre;
  for (const std::string& id : ids) ++by_genre[id.substr(0, id.size() - 1)];
  for (const auto& [genre, count] : by_genre) EXPECT_LE(count, 3) << genre;
  EXPECT_EQ(response->model_version, ModelVersion(7));
  EXPECT_EQ(response->strategies,
            (std::vector<Source>{Source::kCollaborative, Source::kContent, Source::kItemToItem, Source::kTrending}));
  EXPECT_FALSE(response->degraded);
  EXPECT_FALSE(response->cached);
  EXPECT_EQ(response->id.get().size(), 26U);
}

TEST_F(RecommenderTest, RuleOffGivesPureTaste) {
  remember("u1", user_who(kLike, {"war0"}));
  const auto response = recommender({.max_per_category = 0})->recommend(request_for("u1", 4));
  Ids ids = ids_of(*response);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, (Ids{"war1", "war2", "war3", "war4"}));
  for (std::size_t i = 1; i < 4; ++i) EXPECT_GE(response->items[i - 1].score, response->items[i].score);
}

TEST_F(RecommenderTest, UnknownUserGetsTrendingThenPopular) {
  ASSERT_TRUE(
      features_.put_trending(std::make_shared<const Trending>(Trending{kNow, {"", {{ItemId("war4"), 9}}}, {}})).ok());
  const auto response = recommender()->recommend(request_for("stranger", 5));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->items.size(), 5U);
  EXPECT_FALSE(response->degraded);
  const auto everything = recommender()->recommend(request_for("stranger", 15));
  EXPECT_TRUE(contains(ids_of(*everything), "war4"));
}

TEST_F(RecommenderTest, FilterExcludeAndContext) {
  remember("u1", user_who(kLike, {"war0"}));
  RecommendationRequest request = request_for("u1", 10);
  request.categories = {"space"};
  request.exclude = {ItemId("space1")};
  request.item_context = ItemId("space2");
  const auto response = recommender()->recommend(request);
  Ids ids = ids_of(*response);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, (Ids{"space0", "space3", "space4"})) << "all there is of it, and no cap on what was asked for";
}

TEST_F(RecommenderTest, WithdrawnAndDeletedItemsGoAtOnce) {
  remember("u1", user_who(kLike, {"war0"}));
  Item withdrawn = film("war1", {"war"});
  withdrawn.available = false;
  ASSERT_TRUE(catalogue_.put_items({withdrawn}).ok());
  const std::vector<ItemId> deleted{ItemId("war2")};
  ASSERT_TRUE(catalogue_.erase_items(deleted).ok());
  const auto response = recommender()->recommend(request_for("u1", 15));  // The model is not joined again.
  const Ids ids = ids_of(*response);
  EXPECT_EQ(ids.size(), 12U);
  EXPECT_FALSE(contains(ids, "war1"));
  EXPECT_FALSE(contains(ids, "war2"));
}

TEST_F(RecommenderTest, ExplainsOnRequestOnly) {
  remember("u1", user_who(kLike, {"war0"}));
  RecommendationRequest request = request_for("u1", 2);
  EXPECT_TRUE(recommender()->recommend(request)->items[0].reason.empty());
  request.explain = true;
  const auto response = recommender()->recommend(request);
  for (const RecommendedItem& item : response->items) {
    EXPECT_NE(item.reason.find("Film war0"), std::string::npos) << item.reason;
    float sum = 0;
    for (const float part : item.features) sum += part;
    EXPECT_NEAR(sum, item.score, 1e-4);
    EXPECT_FALSE(item.sources.empty());
  }
}

TEST_F(RecommenderTest, LogsAnImpressionForEachItem) {
  RecommendationRequest request = request_for("u1", 3);
  request.surface = "home";
  const auto response = recommender()->recommend(request);
  ASSERT_EQ(shown_.size(), 1U);
  ASSERT_EQ(shown_[0].size(), 3U);
  std::set<EventId> distinct;
  for (std::uint32_t position = 0; position < 3; ++position) {
    const Event& event = shown_[0][position];
    EXPECT_EQ(event.type, kImpression);
    EXPECT_EQ(event.user, UserId("u1"));
    EXPECT_EQ(event.item, response->items[position].item);
    EXPECT_EQ(event.position, position);
    EXPECT_EQ(event.request, response->id);
    EXPECT_EQ(event.model_version, ModelVersion(7));
    EXPECT_EQ(event.propensity, 1.0F);
    EXPECT_EQ(event.context.surface, "home");
    EXPECT_EQ(event.time, kNow);
    EXPECT_EQ(event.categories.size(), 1U);
    distinct.insert(event.id);
  }
  EXPECT_EQ(distinct.size(), 3U);
  shown_.clear();
  ASSERT_TRUE(recommender({.log_impressions = false})->recommend(request).ok());
  EXPECT_TRUE(shown_.empty());
}

TEST_F(RecommenderTest, RefusesBadRequestsByField) {
  const auto none = recommender()->recommend(request_for("u1", 0));
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(none.error().field(), "n");
  EXPECT_EQ(recommender()->similar(ItemId("war0"), 101).error().field(), "n");
  EXPECT_EQ(recommender()->trending("", 0).error().field(), "n");
}

TEST_F(RecommenderTest, WithoutFeaturesItIsDegradedButAnswers) {
  plan_.fail("user", 1, unavailable("redis is down"));
  const auto response = recommender()->recommend(request_for("u1", 5));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->items.size(), 5U);
  EXPECT_TRUE(response->degraded);
  ASSERT_EQ(response->degraded_because.size(), 1U);
  EXPECT_NE(response->degraded_because[0].find("features"), std::string::npos);
}

TEST_F(RecommenderTest, FailedStrategyIsLeftOutAndNamed) {
  plan_.fail("trending", 1, unavailable("down"));
  const auto response = recommender()->recommend(request_for("u1", 5));
  EXPECT_EQ(response->items.size(), 5U);
  EXPECT_TRUE(response->degraded);
  EXPECT_EQ(response->strategies,
            (std::vector<Source>{Source::kCollaborative, Source::kContent, Source::kItemToItem, Source::kPopular}));
  EXPECT_EQ(
      metrics_.counter("magpie_strategy_runs_total", "", {{"strategy", "trending"}, {"outcome", "failed"}}).value(), 1);
  EXPECT_EQ(metrics_.counter("magpie_degraded_total", "", {{"role", "production"}}).value(), 1);
}

TEST_F(RecommenderTest, AllStrategiesGonePopularItemsAreLeft) {
  ThreadPool full(1, 0);
  Recommender recommender(catalogue_, faulty_features_, models_, types_, clock_, ids_, full, metrics_,
                          [](const std::vector<Event>&) {}, {});
  const auto response = recommender.recommend(request_for("u1", 5));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->items.size(), 5U);
  EXPECT_TRUE(response->degraded);
  EXPECT_EQ(response->degraded_because.size(), 4U);
  EXPECT_EQ(response->strategies, std::vector<Source>{Source::kPopular});
  EXPECT_EQ(response->items[0].sources, std::vector<Source>{Source::kPopular});
  EXPECT_EQ(metrics_.counter("magpie_fallbacks_total", "").value(), 1);
}

TEST_F(RecommenderTest, WithoutAModelTrendingAndNewItems) {
  models_.set(nullptr);
  ASSERT_TRUE(
      features_.put_trending(std::make_shared<const Trending>(Trending{kNow, {"", {{ItemId("space3"), 9}}}, {}})).ok());
  const auto response = recommender()->recommend(request_for("u1", 3));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(ids_of(*response), (Ids{"space3", "war4", "war3"}));
  EXPECT_EQ(response->model_version, ModelVersion(0));
  EXPECT_TRUE(response->degraded);
  EXPECT_TRUE(recommender()->similar(ItemId("war0"), 3)->empty());
  EXPECT_EQ(recommender()->trending("", 3)->size(), 1U);
}

TEST_F(RecommenderTest, NeverEmptyWhileThereIsSomethingNew) {
  Ids all;
  for (const Item& item : films()) all.push_back(item.id.get());
  for (std::size_t left_out = 0; left_out < all.size(); ++left_out) {
    RecommendationRequest request = request_for("u1", 10);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i != left_out) request.exclude.emplace_back(all[i]);
    }
    EXPECT_EQ(ids_of(*recommender()->recommend(request)), Ids{all[left_out]});
  }
}

TEST_F(RecommenderTest, EmptyCatalogueGivesAnEmptyAnswer) {
  fakes::InMemoryCatalogueStore nothing;
  Recommender recommender(nothing, faulty_features_, models_, types_, clock_, ids_, pool_, metrics_,
                          [](const std::vector<Event>&) {}, {.strategy_deadline = std::chrono::minutes(10)});
  const auto response = recommender.recommend(request_for("u1", 5));
  ASSERT_TRUE(response.ok());
  EXPECT_TRUE(response->items.empty());
}

TEST_F(RecommenderTest, SimilarNamesUnknownItems) {
  EXPECT_EQ(recommender()->similar(ItemId("no such item"), 3).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(recommender()->similar(ItemId("war0"), 3)->size(), 3U);
}

TEST_F(RecommenderTest, TrendingFallsBackOnTheModel) {
  plan_.fail("trending", 1, unavailable("down"), faults::Fault::kBefore, 2);
  EXPECT_EQ(recommender()->trending("war", 2)->at(0).item, ItemId("war0"));
  models_.set(nullptr);
  EXPECT_EQ(recommender()->trending("war", 2).error().code(), ErrorCode::kUnavailable);
}

TEST_F(RecommenderTest, SurfacesBeyondTheKnownOnesShareALabel) {
  RecommendationRequest request = request_for("u1", 3);
  for (int i = 0; i < 50; ++i) {
    request.surface = "made up " + std::to_string(i);
    ASSERT_TRUE(recommender()->recommend(request).ok());
  }
  const std::string exposed = metrics_.expose();
  EXPECT_EQ(exposed.find("made up"), std::string::npos);
  EXPECT_NE(exposed.find("magpie_recommendation_seconds_count{surface=\"other\"} 50"), std::string::npos);
}

TEST_F(RecommenderTest, RequestsDuringModelSwapsSeeOneVersion) {
  remember("u1", user_who(kLike, {"war0"}));
  const auto service = recommender();
  std::jthread swapper([&](const std::stop_token& stop) {
    for (std::uint64_t version = 1; !stop.stop_requested(); ++version) {
      models_.set(serving_model(catalogue_.snapshot(), version % 50 + 1));
    }
  });
  for (int i = 0; i < 200; ++i) {
    const auto response = service->recommend(request_for("u1", 5));
    ASSERT_TRUE(response.ok());
    ASSERT_EQ(response->items.size(), 5U);
    ASSERT_GE(response->model_version.get(), 1U);
  }
}

}  // namespace
}  // namespace magpie::serving

// The four candidate strategies, each over one context.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "serving/strategies/collaborative.h"
#include "serving/strategies/content.h"
#include "serving/strategies/item_to_item.h"
#include "serving/strategies/trending.h"

namespace magpie::serving {
namespace {

using Ids = std::vector<std::string>;
using Strategy = Result<std::vector<Candidate>> (*)(const RequestContext&, std::size_t);

class StrategiesTest : public ::testing::Test {
 protected:
  Ids run(Strategy strategy, std::size_t quota = 4) {
    const auto context = context_of(catalogue_, model_, features_, request_, trending_);
    candidates_ = *strategy(*context, quota);
    return ids_of(*catalogue_, candidates_);
  }

  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_ = serving_model(catalogue_);
  UserFeatures features_;
  RecommendationRequest request_ = request_for("u1");
  Result<std::shared_ptr<const Trending>> trending_ = std::make_shared<const Trending>();
  std::vector<Candidate> candidates_;
};

TEST_F(StrategiesTest, WithoutModelOrTasteThereAreNoPersonalCandidates) {
  for (const Strategy strategy : {collaborative_candidates, content_candidates, item_to_item_candidates}) {
    EXPECT_EQ(run(strategy), Ids{});
  }
  model_ = nullptr;
  features_ = user_who(kLike, {"space0"});
  for (const Strategy strategy : {collaborative_candidates, content_candidates, item_to_item_candidates}) {
    EXPECT_EQ(run(strategy), Ids{});
  }
}

TEST_F(StrategiesTest, CollaborativeFoldsTheNewestTasteIn) {
  features_ = user_who(kLike, {"space0", "space3"});
  EXPECT_EQ(run(collaborative_candidates, 3), (Ids{"space1", "space2", "space4"})) << "best first, seen ones left out";
}

TEST_F(StrategiesTest, CollaborativeUsesTheStoredEmbeddingOfThisVersion) {
  BatchFeatures& batch = features_.batch.emplace();
  batch.model_version = ModelVersion(1);
  batch.user_embedding = {0, 0, 1};
  EXPECT_EQ(run(collaborative_candidates, 2), (Ids{"war0", "war1"}));
  batch.model_version = ModelVersion(7);
  EXPECT_EQ(run(collaborative_candidates, 2), Ids{}) << "factors of two versions never mix";
}

TEST_F(StrategiesTest, ContentFindsWhatIsDescribedAlike) {
  features_ = user_who(kLike, {"war0"});
  EXPECT_EQ(run(content_candidates, 4), (Ids{"war1", "war2", "war3", "war4"}));
}

TEST_F(StrategiesTest, ContentReachesItemsNewerThanTheModel) {
  catalogue_ = catalogue_->with({film("premiere", {"war"})}, {});
  model_ = ServingModel::join(model_->learned(), catalogue_);
  features_ = user_who(kLike, {"war0"});
  const Ids found = run(content_candidates, 5);
  EXPECT_NE(std::find(found.begin(), found.end(), "premiere"), found.end());
}

TEST_F(StrategiesTest, ItemToItemFollowsTheNewestItems) {
  features_ = user_who(kLike, {"drama0", "space2"});
  EXPECT_EQ(run(item_to_item_candidates, 2), (Ids{"space1", "space3"}));
  EXPECT_GE(candidates_[0].score, candidates_[1].score);
}

TEST_F(StrategiesTest, ItemBeingLookedAtCountsAsTheNewest) {
  features_ = user_who(kView, {"drama0"});
  request_.item_context = ItemId("war4");
  EXPECT_EQ(run(item_to_item_candidates, 1), (Ids{"war3"}));
}

TEST_F(StrategiesTest, ScoresOfDeletedItemsGoNowhere) {
  features_ = user_who(kLike, {"war0"});
  const std::vector<ItemId> deleted{ItemId("war1")};
  catalogue_ = catalogue_->with({}, deleted);
  for (const Strategy strategy : {collaborative_candidates, content_candidates, item_to_item_candidates}) {
    EXPECT_EQ(run(strategy, 3), (Ids{"war2", "war3", "war4"}));
  }
}

TEST_F(StrategiesTest, CategoryFilterHoldsEverywhere) {
  features_ = user_who(kLike, {"war0", "space0"});
  request_.categories = {"space"};
  for (const Strategy strategy :
       {collaborative_candidates, content_candidates, item_to_item_candidates, trending_candidates}) {
    EXPECT_EQ(run(strategy, 10), (Ids{"space1", "space2", "space3", "space4"}));
  }
}

Trending lists(std::vector<TrendingItem> overall, std::vector<TrendingList> by_category = {}) {
  return {kNow, {"", std::move(overall)}, std::move(by_category)};
}

TEST_F(StrategiesTest, TrendingTakesTheListAndFillsFromTheModel) {
  trending_ =
      std::make_shared<const Trending>(lists({{ItemId("war4"), 9}, {ItemId("gone"), 8}, {ItemId("space4"), 7}}));
  EXPECT_EQ(run(trending_candidates, 4), (Ids{"war4", "space4", "drama0", "drama1"}));
  EXPECT_EQ(candidates_[0].score, 9);
  EXPECT_EQ(candidates_[2].score, 0);
  EXPECT_EQ(run(trending_candidates, 1), (Ids{"war4"}));
}

TEST_F(StrategiesTest, TrendingGivesHalfToThePreferredCategories) {
  trending_ = std::make_shared<const Trending>(
      lists({{ItemId("drama0"), 9}, {ItemId("drama1"), 8}, {ItemId("war1"), 2}},
            {{"drama", {{ItemId("drama0"), 9}, {ItemId("drama1"), 8}}},
             {"war", {{ItemId("war1"), 2}, {ItemId("war2"), 1}, {ItemId("war3"), 1}}}}));
  features_ = user_who(kLike, {"war0"});
  EXPECT_EQ(run(trending_candidates, 4), (Ids{"war1", "war2", "drama0", "drama1"}));
}

TEST_F(StrategiesTest, TrendingWorksWithoutAModel) {
  model_ = nullptr;
  trending_ = std::make_shared<const Trending>(lists({{ItemId("war4"), 9}}));
  EXPECT_EQ(run(trending_candidates, 4), (Ids{"war4"}));
}

TEST_F(StrategiesTest, TrendingFailsWhereTheListsCouldNotBeRead) {
  trending_ = unavailable("down");
  const auto context = context_of(catalogue_, model_, features_, request_, trending_);
  EXPECT_EQ(trending_candidates(*context, 4).error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace magpie::serving

#include "serving/explain.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "serving/scoring.h"

namespace magpie::serving {
namespace {

class ExplainTest : public ::testing::Test {
 protected:
  std::string reason(const std::string& id, std::initializer_list<Source> sources) {
    const auto context = context_of(catalogue_, model_, features_, request_);
    MergedCandidate candidate{*catalogue_->find(ItemId(id)), {}, 0, 0};
    for (const Source source : sources) candidate.sources.insert(source);
    return explain(*context, EventTypes::defaults(), candidate, contributions(*context, candidate.item));
  }

  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_ = serving_model(catalogue_);
  UserFeatures features_ = user_who(kLike, {"war0"});
  RecommendationRequest request_ = request_for("u1");
};

TEST_F(ExplainTest, NamesTheItemThatLedThere) {
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Because you liked Film war0");
  EXPECT_EQ(reason("war1", {Source::kCollaborative}), "Popular with people who liked Film war0");
  EXPECT_EQ(reason("war1", {Source::kContent}), "Similar to Film war0");
}

TEST_F(ExplainTest, NamesTheNewestOfTheItemsThatLedThere) {
  features_ = user_who(kLike, {"drama0", "space0", "space2"});
  EXPECT_EQ(reason("space1", {Source::kItemToItem}), "Because you liked Film space2");
  EXPECT_EQ(reason("drama1", {Source::kItemToItem}), "Because you liked Film drama0");
}

TEST_F(ExplainTest, NamesTheItemWhoseRowOfTheItemGraphLedThere) {
  TrainedModel model = trained_model();
  const auto row = [&](const std::string& id) { return *model_->row_of(*catalogue_->find(ItemId(id))); };
  model.item_graph.offsets.assign(1, 0);
  for (std::uint32_t item = 0; item < model.items.size(); ++item) {
    if (item == row("war0")) {
      model.item_graph.indices.push_back(row("drama3"));
      model.item_graph.values.push_back(1);
    }
    model.item_graph.offsets.push_back(model.item_graph.indices.size());
  }
  model_ = serving_model(catalogue_, 1, std::move(model));
  EXPECT_EQ(reason("drama3", {Source::kItemToItem}), "Because you liked Film war0");
}

TEST_F(ExplainTest, TellsWhatTheUserDid) {
  features_ = user_who(kPurchase, {"war0"});
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Because you bought Film war0");
  features_ = {};
  BatchFeatures& batch = features_.batch.emplace();
  batch.history = {hash64("war0")};
  batch.history_times = {kNow - std::chrono::hours(1)};
  batch.history_weights = {1};
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Because you chose Film war0");
}

TEST_F(ExplainTest, ItemBeingLookedAt) {
  features_ = user_who(kView, {"drama0"});
  request_.item_context = ItemId("war2");
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Because you are looking at Film war2");
}

TEST_F(ExplainTest, TrendingAndPopularNameTheCategory) {
  catalogue_ = catalogue_->with({film("both", {"drama", "space"}), film("bare", {})}, {});
  EXPECT_EQ(reason("both", {Source::kTrending}), "Trending in drama");
  EXPECT_EQ(reason("bare", {Source::kTrending}), "Trending now");
  EXPECT_EQ(reason("drama1", {Source::kPopular}), "Popular in drama");
  EXPECT_EQ(reason("bare", {Source::kPopular}), "New now");
  request_.categories = {"space"};
  EXPECT_EQ(reason("both", {Source::kTrending}), "Trending in space");
}

TEST_F(ExplainTest, SourceThatAddedMostExplains) {
  EXPECT_EQ(reason("war1", {Source::kTrending, Source::kItemToItem}), "Because you liked Film war0");
  MergedCandidate candidate{*catalogue_->find(ItemId("war1")), {}, 0, 0};
  candidate.sources.insert(Source::kCollaborative);
  candidate.sources.insert(Source::kContent);
  std::array<float, kRankerFeatures> parts{};
  const auto context = context_of(catalogue_, model_, features_, request_);
  const auto explain_parts = [&] { return explain(*context, EventTypes::defaults(), candidate, parts); };
  EXPECT_EQ(explain_parts(), "Popular with people who liked Film war0") << "of equals the first of the enum";
  parts[static_cast<std::size_t>(RankerFeature::kContent)] = 1;
  EXPECT_EQ(explain_parts(), "Similar to Film war0");
}

TEST_F(ExplainTest, ItemWithoutTitleIsNamedByItsId) {
  Item untitled = film("war0", {"war"});
  untitled.title.clear();
  catalogue_ = catalogue_->with({untitled}, {});
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Because you liked war0");
}

TEST_F(ExplainTest, NoAnchorStillGivesASentence) {
  features_ = {};
  EXPECT_EQ(reason("war1", {Source::kCollaborative}), "Popular with people like you");
  EXPECT_EQ(reason("war1", {Source::kContent}), "Similar to your recent items");
  EXPECT_EQ(reason("war1", {Source::kItemToItem}), "Often chosen together with your recent items");
}

TEST_F(ExplainTest, ContributionsSumToTheScore) {
  const auto context = context_of(catalogue_, model_, features_, request_);
  std::vector<MergedCandidate> candidates{{*catalogue_->find(ItemId("war1")), {}, 0, 0},
                                          {*catalogue_->find(ItemId("drama1")), {}, 0, 0}};
  score_and_sort(*context, candidates);
  EXPECT_EQ(id_of(*catalogue_, candidates[0].item), "war1");
  for (const MergedCandidate& candidate : candidates) {
    float sum = 0;
    for (const float part : contributions(*context, candidate.item)) sum += part;
    EXPECT_NEAR(sum, candidate.score, 1e-5);
  }
}

}  // namespace
}  // namespace magpie::serving

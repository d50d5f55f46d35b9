#include "serving/selection.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "serving/film_shop_test.h"
#include "serving/popular.h"

namespace magpie::serving {
namespace {

using Ids = std::vector<std::string>;

class SelectionTest : public ::testing::Test {
 protected:
  Ids select_from(const Ids& ranked, std::size_t n, std::size_t most = 3) {
    const auto context = context_of(catalogue_, model_, features_, request_);
    std::vector<MergedCandidate> candidates;
    for (const std::string& id : ranked) {
      candidates.push_back({*catalogue_->find(ItemId(id)), {}, 0, 0});
      candidates.back().sources.insert(Source::kContent);
    }
    selection_ = select(*context, candidates, n, most);
    Ids ids;
    for (const MergedCandidate& candidate : selection_.items) ids.push_back(id_of(*catalogue_, candidate.item));
    return ids;
  }

  Ids popular(std::size_t n) {
    const auto context = context_of(catalogue_, model_, features_, request_);
    PopularItems items(*context);
    Ids ids;
    while (ids.size() < n) {
      const auto item = items.next();
      if (!item) break;
      ids.push_back(id_of(*catalogue_, *item));
    }
    return ids;
  }

  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_ = serving_model(catalogue_);
  UserFeatures features_;
  RecommendationRequest request_ = request_for("u1");
  Selection selection_;
};

TEST_F(SelectionTest, TakesTheFirstThatTheRuleLetsPass) {
  EXPECT_EQ(select_from({"war0", "war1", "war2", "space0", "drama0"}, 3, 2), (Ids{"war0", "war1", "space0"}));
  EXPECT_FALSE(selection_.fell_back);
}

TEST_F(SelectionTest, FillsUpWithPopularItemsOfOtherCategoriesFirst) {
  const Ids ids = select_from({"war0", "war1", "war2"}, 6, 2);
  ASSERT_EQ(ids.size(), 6U);
  EXPECT_EQ(Ids(ids.begin(), ids.begin() + 2), (Ids{"war0", "war1"}));
  EXPECT_EQ(std::count_if(ids.begin(), ids.end(), [](const auto& id) { return id.starts_with("drama"); }), 2);
  EXPECT_EQ(std::count_if(ids.begin(), ids.end(), [](const auto& id) { return id.starts_with("space"); }), 2);
  EXPECT_TRUE(selection_.fell_back);
  EXPECT_EQ(selection_.items.back().sources.list(), std::vector<Source>{Source::kPopular});
}

TEST_F(SelectionTest, AnAnswerIsNotShorterForTheRulesSake) {
  const Ids ids = select_from({"war0", "war1", "war2"}, 8, 2);
  ASSERT_EQ(ids.size(), 8U);
  EXPECT_EQ(ids[6], "war2") << "what the rule held back comes before what nobody proposed";
  Ids distinct = ids;
  std::sort(distinct.begin(), distinct.end());
  EXPECT_EQ(std::unique(distinct.begin(), distinct.end()), distinct.end());
}

TEST_F(SelectionTest, EndsWhenTheCatalogueDoes) {
  features_ = user_who(kView, {"drama0", "space0"});
  EXPECT_EQ(select_from({}, 100).size(), 13U);
}

TEST_F(SelectionTest, CategoryFilterLiftsTheCap) {
  request_.categories = {"war"};
  EXPECT_EQ(select_from({"war3"}, 5), (Ids{"war3", "war0", "war1", "war2", "war4"}));
}

TEST_F(SelectionTest, FallbackIsRankedByTheModel) {
  features_ = user_who(kLike, {"war0"});
  const Ids ids = select_from({}, 6, 2);
  EXPECT_EQ(Ids(ids.begin(), ids.begin() + 2), (Ids{"war1", "war2"})) << "nearest to the user's taste";
  for (std::size_t i = 1; i < 6; ++i) EXPECT_GE(selection_.items[i - 1].score, selection_.items[i].score);
}

TEST_F(SelectionTest, PopularComesFromTheModelThenTheNewest) {
  catalogue_ = catalogue_->with({film("new0", {"war"}), film("new1", {})}, {});
  features_ = user_who(kView, {"drama0"});
  const Ids ids = popular(100);
  ASSERT_EQ(ids.size(), 16U);
  EXPECT_EQ(Ids(ids.begin(), ids.begin() + 2), (Ids{"drama1", "drama2"}));
  EXPECT_EQ(Ids(ids.end() - 2, ids.end()), (Ids{"new1", "new0"}));
  EXPECT_EQ(popular(3).size(), 3U);
}

TEST_F(SelectionTest, PopularOfSeveralCategoriesTakesTurns) {
  request_.categories = {"war", "space"};
  EXPECT_EQ(popular(4), (Ids{"war0", "space0", "war1", "space1"}));
  request_.categories = {"no such category"};
  EXPECT_EQ(popular(4), Ids{});
}

TEST_F(SelectionTest, PopularWithoutAModelIsTheNewest) {
  model_ = nullptr;
  EXPECT_EQ(popular(2), (Ids{"war4", "war3"}));
  EXPECT_EQ(select_from({}, 3).size(), 3U);
}

}  // namespace
}  // namespace magpie::serving

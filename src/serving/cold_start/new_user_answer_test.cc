#include "serving/cold_start/new_user_answer.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "serving/cold_start/category_exploration.h"
#include "serving/cold_start/slate.h"
#include "serving/film_shop_test.h"

namespace magpie::serving {
namespace {

MergedCandidate ranked(std::uint32_t item, float score = 1) { return {ItemIndex(item), {}, 0, score}; }

class NewUserAnswerTest : public ::testing::Test {
 protected:
  NewUserAnswerTest() { context_ = context_of(catalogue_, model_, {}); }

  [[nodiscard]] CategoryIndex category(const std::string& name) const { return *catalogue_->find_category(name); }
  [[nodiscard]] std::string id(const MergedCandidate& candidate) const { return id_of(*catalogue_, candidate.item); }

  [[nodiscard]] std::vector<MergedCandidate> answer(const BlendSlots& slots, std::vector<CategoryIndex> interests,
                                                    std::span<const MergedCandidate> personalised = {},
                                                    std::uint64_t seed = 1) const {
    Random random(seed);
    NewUserBlend blend;
    blend.slots = slots;
    blend.interests = std::move(interests);
    blend.categories = categories_;
    return new_user_answer(*context_, EventTypes::defaults(), blend, personalised, random);
  }

  std::shared_ptr<const CatalogueSnapshot> catalogue_ = snapshot_of(films());
  std::shared_ptr<const ServingModel> model_ = serving_model(catalogue_);
  std::vector<CategoryIndex> categories_{category("drama"), category("space"), category("war")};
  std::shared_ptr<const RequestContext> context_;
};

TEST_F(NewUserAnswerTest, HasItsPartsOnceEachUnderTheRule) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto items = answer({6, 3, 0}, {category("war")}, {}, seed);
    ASSERT_EQ(items.size(), 9U);
    std::set<std::string> distinct;
    std::map<std::string, int> genres;
    std::size_t popular = 0;
    for (const MergedCandidate& item : items) {
      distinct.insert(id(item));
      ++genres[id(item).substr(0, id(item).size() - 1)];
      popular += item.sources.contains(Source::kPopular) ? 1 : 0;
      const bool chosen = item.explored == category("war");
      if (!item.sources.contains(Source::kPopular)) {
        EXPECT_EQ(item.sources.contains(Source::kOnboarding), chosen);
        EXPECT_EQ(item.sources.contains(Source::kExploration), !chosen);
        EXPECT_GT(item.propensity, 0);
        EXPECT_LE(item.propensity, 1);
      } else {
        EXPECT_EQ(item.propensity, 1);
      }
    }
    EXPECT_EQ(distinct.size(), 9U);
    EXPECT_EQ(popular, 3U);
    for (const auto& [genre, count] : genres) EXPECT_LE(count, 3) << genre;
  }
}

TEST_F(NewUserAnswerTest, IsTheSameForTheSameSeed) {
  const auto ids = [&](std::uint64_t seed) {
    std::vector<std::string> found;
    for (const MergedCandidate& item : answer({7, 1, 0}, {}, {}, seed)) found.push_back(id(item));
    return found;
  };
  EXPECT_EQ(ids(3), ids(3));
  EXPECT_NE(ids(3), ids(4));
}

TEST_F(NewUserAnswerTest, PopularItemsAreOfTheInterests) {
  const auto items = answer({0, 2, 0}, {category("war"), category("space")});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(id(items[0]), "war0");
  EXPECT_EQ(id(items[1]), "space0");
  EXPECT_EQ(id(answer({0, 1, 0}, {})[0]), "drama0");
}

TEST_F(NewUserAnswerTest, KeepsTheOrderOfWhatIsPersonalised) {
  const std::vector<MergedCandidate> personalised{ranked(12, 9), ranked(3, 8), ranked(7, 7)};
  const auto items = answer({1, 0, 2}, {}, personalised);
  ASSERT_EQ(items.size(), 3U);
  std::vector<MergedCandidate> kept;
  for (const MergedCandidate& item : items) {
    if (!item.explored) kept.push_back(item);
  }
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].item, ItemIndex(12));
  EXPECT_EQ(kept[0].score, 9);
  EXPECT_EQ(kept[1].item, ItemIndex(3));
}

TEST_F(NewUserAnswerTest, IsNeverShorterThanWithout) {
  context_ = context_of(catalogue_, nullptr, {});  // Nothing to explore, and nothing popular but what is new.
  const std::vector<MergedCandidate> personalised{ranked(0), ranked(1), ranked(2), ranked(3)};
  EXPECT_EQ(answer({7, 3, 0}, {}, personalised).size(), 10U);
  context_ = context_of(snapshot_of({}), nullptr, {});
  EXPECT_TRUE(answer({7, 3, 0}, {}).empty());
  context_ = context_of(catalogue_, model_, {});
  EXPECT_EQ(answer({70, 30, 0}, {}).size(), 9U) << "the rule: three of each genre";
  std::vector<MergedCandidate> everything;
  for (std::uint32_t i = 0; i < 15; ++i) everything.push_back(ranked(i));
  EXPECT_EQ(answer({70, 30, 0}, {}, everything).size(), 15U);
}

TEST_F(NewUserAnswerTest, ExploresRequestedCategoriesOnly) {
  RecommendationRequest request = request_for("u1");
  request.categories = {"space"};
  context_ = context_of(catalogue_, model_, {}, request);
  const auto items = answer({3, 2, 0}, {category("war")});
  ASSERT_EQ(items.size(), 5U) << "what was asked for has no cap";
  for (const MergedCandidate& item : items) EXPECT_EQ(id(item).substr(0, 5), "space");
}

// The chance that is logged is the frequency that is seen: what off-policy estimates rest on.
TEST_F(NewUserAnswerTest, PropensitiesAreFrequencies) {
  std::map<ItemIndex, int> seen;
  std::map<ItemIndex, float> said;
  constexpr int kRounds = 20'000;
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    const auto items = answer({1, 0, 0}, {category("war")}, {}, seed);
    ++seen[items[0].item];
    said[items[0].item] = items[0].propensity;
  }
  EXPECT_EQ(seen.size(), 15U);
  for (const auto& [item, count] : seen) {
    EXPECT_NEAR(static_cast<double>(count) / kRounds, said[item], 0.01) << id_of(*catalogue_, item);
  }
  EXPECT_NEAR(said[*catalogue_->find(ItemId("war0"))], 0.6 / 5, 1e-6) << "a chosen category has three times the prior";
  EXPECT_NEAR(said[*catalogue_->find(ItemId("drama0"))], 0.2 / 5, 1e-6);
}

TEST(CategoryExploration, LearnsFromWhatTheUserDoes) {
  const auto catalogue = snapshot_of(films());
  UserFeatures features = user_who(kLike, {"war0", "war1"});
  Event shown;
  shown.id = EventId("shown");
  shown.user = UserId("u1");
  shown.item = ItemId("space0");
  shown.type = kImpression;
  shown.time = kNow;
  apply_to_user(features.recent, shown);
  const auto context = context_of(catalogue, serving_model(catalogue), std::move(features));
  const auto names = catalogue->category_names();
  std::vector<CategoryIndex> all;
  for (std::uint32_t i = 0; i < names.size(); ++i) all.emplace_back(i);
  const auto evidence = categories_to_explore(*context, EventTypes::defaults(), {}, all, 10);
  ASSERT_EQ(evidence.size(), 3U);
  EXPECT_DOUBLE_EQ(evidence[0].appeal(), 0.1) << "drama: nothing known";
  EXPECT_DOUBLE_EQ(evidence[1].appeal(), 1.0 / 11) << "space: shown once, ignored";
  EXPECT_DOUBLE_EQ(evidence[2].appeal(), 3.0 / 12) << "war: two of two liked";
}

TEST(CategoryExploration, InterestsComeFirstAndTheBoundHolds) {
  const auto catalogue = snapshot_of(films());
  const auto context = context_of(catalogue, serving_model(catalogue), {});
  const std::vector<CategoryIndex> interests{CategoryIndex(2)};
  const std::vector<CategoryIndex> others{CategoryIndex(0), CategoryIndex(2), CategoryIndex(1)};
  const auto two = categories_to_explore(*context, EventTypes::defaults(), interests, others, 2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].category, CategoryIndex(2));
  EXPECT_TRUE(two[0].chosen);
  EXPECT_EQ(two[1].category, CategoryIndex(0));
  EXPECT_FALSE(two[1].chosen);
  EXPECT_EQ(categories_to_explore(*context, EventTypes::defaults(), interests, others, 10).size(), 3U);
}

TEST(InterleaveParts, SpreadsThemEvenly) {
  const std::vector<MergedCandidate> exploring{ranked(0), ranked(1), ranked(2), ranked(3)};
  const std::vector<MergedCandidate> popular{ranked(10), ranked(11)};
  const auto answer = interleave_parts(exploring, popular, {});
  std::vector<std::uint32_t> order;
  for (const MergedCandidate& item : answer) order.push_back(item.item.get());
  EXPECT_EQ(order, (std::vector<std::uint32_t>{0, 10, 1, 2, 11, 3}));
  EXPECT_TRUE(interleave_parts({}, {}, {}).empty());
}

}  // namespace
}  // namespace magpie::serving

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "kernels/als.h"
#include "kernels/candidate_features.h"

namespace magpie {
namespace {

Timestamp at(std::int64_t second) { return from_unix_ms(1'700'000'000'000 + second * 1000); }

TasteProfile profile_of(std::vector<ProfileEvent> events) { return taste_profile(net_preferences(std::move(events))); }

std::vector<std::uint32_t> rows(const TasteProfile& profile) {
  std::vector<std::uint32_t> result;
  for (const ProfileItem& item : profile.items) result.push_back(item.row);
  return result;
}

using Rows = std::vector<std::uint32_t>;

TEST(PreferenceStrength, GrowsWithTheLogarithm) {
  EXPECT_FLOAT_EQ(preference_strength(1), 1);
  EXPECT_FLOAT_EQ(preference_strength(3), 2);
  EXPECT_FLOAT_EQ(preference_strength(0), 0);
  EXPECT_FLOAT_EQ(preference_strength(-5), 0);
}

TEST(TasteProfile, HasDistinctItemsNewestFirst) {
  const TasteProfile profile = profile_of({{4, at(1), 1}, {9, at(3), 1}, {4, at(5), 2}, {7, at(4), 1}});
  EXPECT_EQ(rows(profile), (Rows{4, 7, 9}));
  EXPECT_FLOAT_EQ(profile.items[0].strength, 2) << "log2(1 + 1 + 2)";
  EXPECT_FLOAT_EQ(profile.items[0].age, 0);
  EXPECT_FLOAT_EQ(profile.items[2].age, 2);
}

TEST(TasteProfile, ItemsOfOneMomentShareTheMeanOfTheirPositions) {
  const TasteProfile profile = profile_of({{1, at(5), 1}, {2, at(5), 1}, {3, at(9), 1}, {4, at(5), 1}, {5, at(1), 1}});
  EXPECT_EQ(rows(profile), (Rows{3, 4, 2, 1, 5}));
  EXPECT_FLOAT_EQ(profile.items[1].age, 2);
  EXPECT_FLOAT_EQ(profile.items[3].age, 2);
  EXPECT_FLOAT_EQ(profile.items[4].age, 4);
}

TEST(TasteProfile, ADislikeForgetsWhatCameBefore) {
  EXPECT_EQ(rows(profile_of({{1, at(1), 8}, {1, at(2), -5}, {2, at(3), 1}})), (Rows{2}));
  const TasteProfile again = profile_of({{1, at(1), 8}, {1, at(2), -5}, {1, at(3), 1}});
  ASSERT_EQ(rows(again), (Rows{1}));
  EXPECT_FLOAT_EQ(again.items[0].strength, 1);
  EXPECT_EQ(rows(profile_of({{1, at(1), -5}, {1, at(1), 1}})), Rows{}) << "at the same moment the dislike wins";
}

TEST(TasteProfile, EventsWithoutWeightSayNothing) {
  EXPECT_EQ(rows(profile_of({{1, at(1), 0}})), Rows{});
  EXPECT_EQ(rows(profile_of({{1, at(1), 1}, {2, at(2), 1}, {1, at(3), 0}})), (Rows{2, 1}));
}

TEST(TasteProfile, TheOrderOfEventsDoesNotMatter) {
  Random random(31);
  std::vector<ProfileEvent> events;
  for (int i = 0; i < 200; ++i) {
    events.push_back({static_cast<std::uint32_t>(random.below(30)), at(static_cast<std::int64_t>(random.below(50))),
                      static_cast<double>(random.below(7)) - 1});
  }
  const TasteProfile expected = profile_of(events);
  for (int n = 0; n < 20; ++n) {
    for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[random.below(i)]);
    const TasteProfile shuffled = profile_of(events);
    ASSERT_EQ(rows(shuffled), rows(expected));
    for (std::size_t i = 0; i < expected.items.size(); ++i) {
      EXPECT_EQ(shuffled.items[i].strength, expected.items[i].strength);
      EXPECT_EQ(shuffled.items[i].age, expected.items[i].age);
    }
  }
}

TEST(TasteProfile, KeepsTheNewest) {
  std::vector<ProfileEvent> events;
  for (std::uint32_t row = 0; row < kMaxProfileItems + 10; ++row) events.push_back({row, at(row), 1});
  const TasteProfile profile = profile_of(events);
  EXPECT_EQ(profile.items.size(), kMaxProfileItems);
  EXPECT_EQ(profile.items.front().row, kMaxProfileItems + 9);
}

// A model of five items, and features whose id hashes are 100 + row.
class StoredFeatures : public testing::Test {
 protected:
  StoredFeatures() {
    for (const char* id : {"a", "b", "c", "d", "e"}) model_.items.emplace_back(id);
    Random random(32);
    model_.item_factors = Matrix(5, 3);
    for (float& value : model_.item_factors.values) value = static_cast<float>(random.normal());
    model_.gram = gram(model_.item_factors);
    model_.als_regularization = 0.5F;
    model_.als_alpha = 1;
    BatchFeatures& batch = features_.batch.emplace();
    batch.model_version = ModelVersion(7);
    batch.user_embedding = {1, 2, 3};
    batch.history = {102, 101, 999, 103};
    batch.history_times = {at(30), at(20), at(15), at(10)};
    batch.history_weights = {1, 3, 1, 0};
  }

  void interact(std::uint32_t row, Timestamp time, EventType type) {
    StateItem item;
    item.id_hash = 100 + row;
    features_.recent.items.push_back(item);
    features_.recent.interactions.push_back(
        {time, 0, static_cast<std::uint32_t>(features_.recent.items.size() - 1), type});
  }

  [[nodiscard]] TasteProfile profile(std::uint64_t version = 7, std::optional<std::uint32_t> context = {}) const {
    const auto row_of = [](std::uint64_t hash) -> std::optional<std::uint32_t> {
      if (hash < 100 || hash >= 106) return std::nullopt;
      return static_cast<std::uint32_t>(hash - 100);
    };
    return taste_profile(features_, EventTypes::defaults(), row_of, model_, ModelVersion(version), context);
  }

  TrainedModel model_;
  UserFeatures features_;
};

TEST_F(StoredFeatures, TheBatchHalfAloneKeepsItsEmbedding) {
  const TasteProfile found = profile();
  EXPECT_EQ(rows(found), (Rows{2, 1})) << "999 is no item here, 103 is disliked";
  EXPECT_FLOAT_EQ(found.items[1].strength, 2);
  EXPECT_EQ(found.embedding, (std::vector<float>{1, 2, 3}));
}

TEST_F(StoredFeatures, TheEmbeddingOfAnotherVersionIsFoldedInAnew) {
  const TasteProfile found = profile(8);
  TasteProfile folded = found;
  fold_in_profile(model_, folded);
  EXPECT_EQ(found.embedding, folded.embedding);
  EXPECT_NE(found.embedding, (std::vector<float>{1, 2, 3}));
}

TEST_F(StoredFeatures, WhatTheBatchHalfKnowsIsNotCountedTwice) {
  interact(2, at(30), kView);
  interact(1, at(19), kView);
  const TasteProfile found = profile();
  EXPECT_EQ(rows(found), (Rows{2, 1}));
  EXPECT_FLOAT_EQ(found.items[0].strength, 1);
  EXPECT_EQ(found.embedding, (std::vector<float>{1, 2, 3}));
}

TEST_F(StoredFeatures, WhatIsNewerIsAdded) {
  interact(1, at(40), kPurchase);
  const TasteProfile found = profile();
  EXPECT_EQ(rows(found), (Rows{1, 2}));
  EXPECT_FLOAT_EQ(found.items[0].strength, preference_strength(3 + 8));
  EXPECT_NE(found.embedding, (std::vector<float>{1, 2, 3}));
}

TEST_F(StoredFeatures, ANewDislikeOutweighsTheBatchHalf) {
  interact(2, at(40), kDislike);
  EXPECT_EQ(rows(profile()), (Rows{1}));
}

TEST_F(StoredFeatures, TheContextIsTheNewestOfAll) {
  const TasteProfile found = profile(7, 4U);
  EXPECT_EQ(rows(found), (Rows{4, 2, 1}));
}

TEST_F(StoredFeatures, AnItemNewerThanTheModelHasNoPartInTheFactors) {
  features_.batch.reset();
  interact(5, at(1), kView);
  const TasteProfile found = profile();
  EXPECT_EQ(rows(found), (Rows{5}));
  EXPECT_TRUE(found.embedding.empty());
}

TEST_F(StoredFeatures, AStrangerHasAnEmptyProfile) {
  features_ = UserFeatures{};
  EXPECT_TRUE(profile().items.empty());
  EXPECT_TRUE(profile().embedding.empty());
}

}  // namespace
}  // namespace magpie

#include "batch/two_tower_training_data.h"

#include <gtest/gtest.h>

#include <memory>

namespace magpie::batch {
namespace {

constexpr Timestamp kNewest = from_unix_ms(1'700'000'000'000);

Timestamp days_ago(int days) { return kNewest - std::chrono::days(days); }

// Two users: the first had b, then a and c at one time; the second c. Item d is nobody's.
class TwoTowerTrainingDataTest : public testing::Test {
 protected:
  TwoTowerTrainingDataTest() {
    interactions_.items = {ItemId("a"), ItemId("b"), ItemId("c"), ItemId("d")};
    interactions_.users = {UserId("u"), UserId("v")};
    interactions_.preferences = {{2, days_ago(1), 1}, {0, days_ago(1), 3}, {1, days_ago(5), 1}, {2, days_ago(9), 1}};
    interactions_.offsets = {0, 3, 4};
    interactions_.newest = kNewest;
    categories_.columns = 1;
    categories_.offsets = {0, 0, 0, 0, 0};
    Item a;
    a.id = ItemId("a");
    a.price = 9.0;
    a.created_at = days_ago(30);
    Item b;
    b.id = ItemId("b");
    b.created_at = days_ago(2);  // Imported after it was used.
    Item d;
    d.id = ItemId("d");
    catalogue_ = CatalogueSnapshot().with({a, b, d}, {});
    histories_ = full_histories(interactions_);
  }

  [[nodiscard]] TwoTowerInput input() const {
    return {interactions_.items, histories_, categories_, *catalogue_, kNewest};
  }

  Interactions interactions_;
  SparseMatrix categories_;
  std::shared_ptr<const CatalogueSnapshot> catalogue_;
  std::vector<UserHistory> histories_;
};

TEST_F(TwoTowerTrainingDataTest, FactsComeFromHistoriesAndCatalogue) {
  const std::vector<ItemFacts> facts = two_tower_item_facts(input(), 0);
  ASSERT_EQ(facts.size(), 4U);
  EXPECT_EQ(facts[0].popularity, 2);  // log2(1 + 3)
  EXPECT_EQ(facts[2].popularity, 2);  // Two users.
  EXPECT_EQ(facts[3].popularity, 0);
  EXPECT_EQ(facts[0].price, 9.0);
  EXPECT_EQ(facts[1].price, std::nullopt);
  EXPECT_NEAR(*facts[0].age_days, 30, 1e-4);  // As the catalogue has it,
  EXPECT_NEAR(*facts[1].age_days, 5, 1e-4);   // as the first interaction has it,
  EXPECT_NEAR(*facts[2].age_days, 9, 1e-4);   // as it is gone from the catalogue,
  EXPECT_NEAR(*facts[3].age_days, 0, 1e-4);   // as nobody knows.
}

TEST_F(TwoTowerTrainingDataTest, WhatIsHeldOutIsNoPopularity) {
  const std::vector<ItemFacts> facts = two_tower_item_facts(input(), 1);
  EXPECT_EQ(facts[0].popularity, 2);
  EXPECT_EQ(facts[1].popularity, 1);
  EXPECT_EQ(facts[2].popularity, 0);  // The newest of both.
}

TEST_F(TwoTowerTrainingDataTest, EventsAreOldestFirst) {
  const TwoTowerData data = two_tower_training_data(input(), two_tower_item_facts(input(), 0));
  ASSERT_EQ(data.users(), 2U);
  ASSERT_EQ(data.of(0).size(), 3U);
  EXPECT_EQ(data.of(0)[0].row, 1U);
  EXPECT_EQ(data.of(0)[0].age, 2);
  EXPECT_EQ(data.of(0)[1].row, 0U);
  EXPECT_EQ(data.of(0)[1].age, 0.5F);
  EXPECT_EQ(data.of(0)[1].strength, 2);
  EXPECT_EQ(data.of(0)[2].row, 2U);
  EXPECT_EQ(data.of(1)[0].row, 2U);
  EXPECT_EQ(data.items(), 4U);
  EXPECT_EQ(data.item_features.row(0)[0], tower_item_features(two_tower_item_facts(input(), 0)[0])[0]);
}

TEST_F(TwoTowerTrainingDataTest, BothModelsComeFromOneCall) {
  TwoTowerTrainingParameters parameters;
  parameters.id_dimensions = 4;
  parameters.category_dimensions = 2;
  parameters.hidden = 8;
  parameters.dimensions = 4;
  parameters.epochs = 3;
  std::vector<double> reported;
  const TwoTowerModels models =
      train_two_tower_models(input(), parameters, [&reported](double fraction) { reported.push_back(fraction); });
  EXPECT_EQ(models.full.epochs.size(), models.holdout.best_epoch);
  EXPECT_EQ(models.holdout.epochs.front().held_out.users, 1U);  // The other user has no history before it.
  EXPECT_EQ(models.full.epochs.front().held_out.users, 0U);
  EXPECT_EQ(models.full.model.items(), 4U);
  EXPECT_TRUE(std::is_sorted(reported.begin(), reported.end()));
  EXPECT_EQ(reported.back(), 1);
}

}  // namespace
}  // namespace magpie::batch

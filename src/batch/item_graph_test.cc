#include "batch/item_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/random.h"
#include "kernels/candidate_features.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kUsers = 90;
constexpr std::size_t kItems = 60;
constexpr std::size_t kGroups = 3;

// Users like the items of their group, and now and then another one.
Interactions grouped_interactions() {
  Random random(7);
  Interactions interactions;
  for (std::size_t item = 0; item < kItems; ++item) interactions.items.emplace_back("i" + std::to_string(100 + item));
  for (std::size_t user = 0; user < kUsers; ++user) {
    interactions.users.emplace_back("u" + std::to_string(100 + user));
    std::vector<ProfileEvent> events;
    for (std::int64_t n = 0; n < 8; ++n) {
      const std::size_t group = random.below(8) == 0 ? random.below(kGroups) : user % kGroups;
      const std::size_t item = group + kGroups * random.below(kItems / kGroups);
      events.push_back({static_cast<std::uint32_t>(item), from_unix_ms(1000 * n), 1});
    }
    const auto preferences = net_preferences(std::move(events));
    interactions.preferences.insert(interactions.preferences.end(), preferences.begin(), preferences.end());
    interactions.offsets.push_back(interactions.preferences.size());
  }
  interactions.totals.resize(kUsers);
  return interactions;
}

// The place of the held-out item among what the user does not know; nothing where the graph does not reach it.
std::optional<std::size_t> naive_place(const SparseMatrix& graph, const UserHistory& history, const Holdout& holdout) {
  std::vector<float> scores(kItems);
  for (const ProfileItem& item : history.profile.items) {
    for (std::size_t i = 0; i < graph.row_indices(item.row).size(); ++i) {
      scores[graph.row_indices(item.row)[i]] += item.strength * graph.row_values(item.row)[i];
    }
  }
  for (const NetPreference& known : history.preferences) scores[known.row] = 0;
  const float own = scores[holdout.row];
  if (own <= 0) return std::nullopt;
  std::size_t place = 0;
  for (std::size_t item = 0; item < kItems; ++item) {
    place += scores[item] > own || (scores[item] == own && item < holdout.row) ? 1 : 0;
  }
  return place;
}

double naive_ndcg(const SparseMatrix& graph, const HoldoutSplit& held) {
  double sum = 0;
  for (const Holdout& holdout : held.holdouts) {
    const auto place = naive_place(graph, held.histories[holdout.user], holdout);
    if (place && *place < 10) sum += 1 / std::log2(static_cast<double>(*place) + 2);
  }
  return sum / static_cast<double>(held.holdouts.size());
}

class ItemGraphTest : public testing::Test {
 protected:
  [[nodiscard]] ItemGraphChoice choose() const {
    auto choice = choose_item_graph(interactions_, held_, settings_);
    EXPECT_TRUE(choice.ok()) << choice.status().to_string();
    return choice.ok() ? std::move(choice).value() : ItemGraphChoice{};
  }
  [[nodiscard]] SparseMatrix train(ItemGraphMethod method) const {
    ItemGraphSettings settings = settings_;
    settings.method = method;
    auto graph = train_item_graph(strengths(held_.histories, kItems), settings);
    EXPECT_TRUE(graph.ok()) << graph.status().to_string();
    return graph.ok() ? std::move(graph).value() : SparseMatrix{};
  }
  // Of both, by a measure of its own.
  void expect_choice(ItemGraphMethod better, ItemGraphMethod worse) const {
    const ItemGraphChoice choice = choose();
    ASSERT_EQ(choice.ndcg.size(), 2U);
    EXPECT_EQ(choice.method, better);
    EXPECT_EQ(choice.graph, train(better));
    EXPECT_NEAR(choice.ndcg.at(better), naive_ndcg(train(better), held_), 1e-12);
    EXPECT_NEAR(choice.ndcg.at(worse), naive_ndcg(train(worse), held_), 1e-12);
    EXPECT_GT(choice.ndcg.at(better), choice.ndcg.at(worse));
  }

  Interactions interactions_ = grouped_interactions();
  HoldoutSplit held_ = hold_out_last(interactions_);
  ItemGraphSettings settings_;
};

// Whichever is told to prefer rare items predicts worse.
TEST_F(ItemGraphTest, TheLinearAutoencoderIsTakenWhereItPredictsBetter) {
  settings_.filter.popularity_exponent = -5;
  expect_choice(ItemGraphMethod::kLinearAutoencoder, ItemGraphMethod::kGraphFilter);
}

TEST_F(ItemGraphTest, TheGraphFilterIsTakenWhereItPredictsBetter) {
  settings_.linear.popularity_exponent = -5;
  expect_choice(ItemGraphMethod::kGraphFilter, ItemGraphMethod::kLinearAutoencoder);
}

TEST_F(ItemGraphTest, WhatIsNotAffordableIsNotTried) {
  settings_.largest_closed_form = kItems - 1;
  const ItemGraphChoice choice = choose();
  EXPECT_EQ(choice.method, ItemGraphMethod::kGraphFilter);
  EXPECT_EQ(choice.ndcg.size(), 1U);
  EXPECT_EQ(choice.graph, train(ItemGraphMethod::kGraphFilter));
}

TEST_F(ItemGraphTest, TheSmallerSideDecidesWhatIsAffordable) {
  const SparseMatrix fewer_items = strengths(held_.histories, kItems);
  const SparseMatrix fewer_users = strengths(held_.histories, 10 * kUsers);
  settings_.largest_closed_form = kItems;
  EXPECT_TRUE(affords_linear_autoencoder(fewer_items, settings_));
  EXPECT_FALSE(affords_linear_autoencoder(fewer_users, settings_));
  settings_.largest_closed_form = kUsers;
  EXPECT_TRUE(affords_linear_autoencoder(fewer_users, settings_));
}

TEST_F(ItemGraphTest, ASetMethodIsNotQuestioned) {
  settings_.linear.popularity_exponent = -5;
  settings_.method = ItemGraphMethod::kLinearAutoencoder;
  settings_.largest_closed_form = 0;
  const ItemGraphChoice choice = choose();
  EXPECT_EQ(choice.method, ItemGraphMethod::kLinearAutoencoder);
  EXPECT_TRUE(choice.ndcg.empty());
  EXPECT_EQ(choice.graph, train(ItemGraphMethod::kLinearAutoencoder));
}

TEST_F(ItemGraphTest, TheChoiceIsTheSameWhateverTheThreads) {
  settings_.linear.threads = settings_.filter.threads = 1;
  const ItemGraphChoice one = choose();
  settings_.linear.threads = settings_.filter.threads = 3;
  const ItemGraphChoice three = choose();
  EXPECT_EQ(one.method, three.method);
  EXPECT_EQ(one.graph, three.graph);
  EXPECT_EQ(one.ndcg, three.ndcg);
}

TEST_F(ItemGraphTest, WithoutHeldOutItemsTheLinearAutoencoderIsTaken) {
  held_.holdouts.clear();
  EXPECT_EQ(choose().method, ItemGraphMethod::kLinearAutoencoder);
}

TEST_F(ItemGraphTest, ParametersThatAKernelRefusesAreAnError) {
  settings_.linear.regularization = 0;
  EXPECT_EQ(choose_item_graph(interactions_, held_, settings_).status().error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace magpie::batch

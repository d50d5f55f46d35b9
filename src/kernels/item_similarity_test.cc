#include "kernels/item_similarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"
#include "kernels/topk.h"

namespace magpie {
namespace {

struct Visit {
  std::uint32_t item;
  float position;
};
using Histories = std::vector<std::vector<Visit>>;

ItemSequences sequences(const Histories& histories, std::size_t items) {
  ItemSequences result;
  result.items = items;
  for (const auto& history : histories) {
    for (const Visit& visit : history) {
      result.sequence.push_back(visit.item);
      result.positions.push_back(visit.position);
    }
    result.offsets.push_back(result.sequence.size());
  }
  return result;
}

// Distinct items a user, at positions that sometimes tie.
Histories random_histories(std::size_t users, std::uint32_t items, Random& random) {
  Histories histories(users);
  for (auto& history : histories) {
    std::map<std::uint64_t, std::uint32_t> order;
    for (std::uint32_t item = 0; item < items; ++item) {
      if (random.uniform() < 0.3) order.emplace(random.next(), item);
    }
    float position = 0;
    for (const auto& [key, item] : order) {
      history.push_back({item, position});
      if (random.uniform() < 0.7) position += 1;
    }
  }
  return histories;
}

// The oracle: the definition in the header, pair by pair, in double precision.
double naive_similarity(const Histories& histories, std::uint32_t from, std::uint32_t to,
                        const ItemSimilarityParameters& parameters) {
  double count = 0;
  double users_of_from = 0;
  double users_of_to = 0;
  for (const auto& history : histories) {
    const auto find = [&](std::uint32_t item) {
      return std::find_if(history.begin(), history.end(), [=](const Visit& visit) { return visit.item == item; });
    };
    users_of_from += find(from) != history.end();
    users_of_to += find(to) != history.end();
    if (find(from) == history.end() || find(to) == history.end()) continue;
    const double distance = find(to)->position - find(from)->position;
    if (std::abs(distance) > parameters.window) continue;
    const double direction = distance > 0 ? 1 : distance < 0 ? parameters.backward : (1 + parameters.backward) / 2;
    count += direction * std::exp(-std::abs(distance) / parameters.decay);
  }
  return count / ((users_of_from + parameters.shrinkage) * std::sqrt(users_of_to + parameters.shrinkage));
}

ItemSimilarityParameters small_parameters() {
  ItemSimilarityParameters parameters;
  parameters.neighbours = 1000;
  parameters.shrinkage = 2;
  parameters.decay = 3;
  parameters.window = 6;
  parameters.threads = 1;
  return parameters;
}

TEST(ItemSimilarity, IsTheSameAsTheDefinition) {
  Random random(5);
  constexpr std::uint32_t kItems = 25;
  const Histories histories = random_histories(60, kItems, random);
  const SparseMatrix similar = similar_items(sequences(histories, kItems), small_parameters());
  ASSERT_EQ(similar.rows(), kItems);
  EXPECT_EQ(similar.columns, kItems);
  for (std::uint32_t from = 0; from < kItems; ++from) {
    std::map<std::uint32_t, float> found;
    for (std::size_t i = 0; i < similar.row_indices(from).size(); ++i) {
      found[similar.row_indices(from)[i]] = similar.row_values(from)[i];
    }
    EXPECT_FALSE(found.contains(from));
    for (std::uint32_t to = 0; to < kItems; ++to) {
      if (to == from) continue;
      const double expected = naive_similarity(histories, from, to, small_parameters());
      EXPECT_EQ(found.contains(to), expected > 0);
      EXPECT_NEAR(found[to], expected, 1e-5);
    }
  }
}

TEST(ItemSimilarity, KeepsTheNearestInOrder) {
  Random random(6);
  constexpr std::uint32_t kItems = 40;
  const ItemSequences all = sequences(random_histories(50, kItems, random), kItems);
  ItemSimilarityParameters parameters = small_parameters();
  const SparseMatrix whole = similar_items(all, parameters);
  parameters.neighbours = 7;
  const SparseMatrix cut = similar_items(all, parameters);
  for (std::uint32_t item = 0; item < kItems; ++item) {
    ASSERT_EQ(cut.row_indices(item).size(), 7U);
    for (std::size_t i = 0; i < 7; ++i) {
      EXPECT_EQ(cut.row_indices(item)[i], whole.row_indices(item)[i]);
      const ScoredRow here{whole.row_indices(item)[i], whole.row_values(item)[i]};
      const ScoredRow next{whole.row_indices(item)[i + 1], whole.row_values(item)[i + 1]};
      EXPECT_TRUE(ranks_before(here, next));
    }
  }
}

TEST(ItemSimilarity, IsTheSameWhateverTheThreads) {
  Random random(7);
  const ItemSequences all = sequences(random_histories(80, 33, random), 33);
  ItemSimilarityParameters parameters = small_parameters();
  const SparseMatrix alone = similar_items(all, parameters);
  for (const unsigned threads : {2U, 5U, 100U}) {
    parameters.threads = threads;
    EXPECT_EQ(similar_items(all, parameters), alone);
  }
}

TEST(ItemSimilarity, WhatComesNextIsNearerThanWhatCameBefore) {
  const SparseMatrix similar =
      similar_items(sequences({{{0, 0}, {1, 1}, {2, 2}}, {{0, 0}, {1, 1}, {2, 2}}}, 3), small_parameters());
  EXPECT_EQ(similar.row_indices(1)[0], 2U);
  EXPECT_EQ(similar.row_indices(1)[1], 0U);
}

TEST(ItemSimilarity, SymmetricWhereDirectionCountsTheSame) {
  ItemSimilarityParameters parameters = small_parameters();
  parameters.backward = 1;
  const SparseMatrix similar = similar_items(sequences({{{0, 0}, {1, 1}}}, 2), parameters);
  EXPECT_FLOAT_EQ(similar.row_values(0)[0], similar.row_values(1)[0]);
}

TEST(ItemSimilarity, ItemsThatNobodyTurnedToHaveNoNeighbours) {
  const SparseMatrix similar = similar_items(sequences({{{0, 0}}, {}}, 3), small_parameters());
  ASSERT_EQ(similar.rows(), 3U);
  EXPECT_TRUE(similar.indices.empty());
}

}  // namespace
}  // namespace magpie

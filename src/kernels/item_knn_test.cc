#include "kernels/item_knn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernels/topk.h"

namespace magpie {
namespace {

using Dense = std::vector<std::vector<float>>;

Dense random_interactions(std::size_t users, std::size_t items, Random& random) {
  Dense dense(users, std::vector<float>(items));
  for (std::vector<float>& user : dense) {
    for (float& weight : user) weight = random.below(4) == 0 ? 1 + static_cast<float>(random.below(3)) : 0;
  }
  return dense;
}

SparseMatrix sparse(const Dense& dense, std::size_t items) {
  SparseMatrix matrix;
  matrix.columns = items;
  for (const std::vector<float>& row : dense) {
    for (std::uint32_t item = 0; item < row.size(); ++item) {
      if (row[item] == 0) continue;
      matrix.indices.push_back(item);
      matrix.values.push_back(row[item]);
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

float similarity(const Dense& dense, std::size_t a, std::size_t b, float shrinkage) {
  float product = 0;
  float squares_a = 0;
  float squares_b = 0;
  for (const std::vector<float>& user : dense) {
    product += user[a] * user[b];
    squares_a += user[a] * user[a];
    squares_b += user[b] * user[b];
  }
  return product / (std::sqrt(squares_a) * std::sqrt(squares_b) + shrinkage);
}

TEST(ItemKnn, IsTheSameAsTheDefinition) {
  Random random(61);
  constexpr std::size_t kItems = 30;
  const Dense dense = random_interactions(40, kItems, random);
  const SparseMatrix found = item_knn(sparse(dense, kItems), {.neighbours = 8, .shrinkage = 3});
  ASSERT_EQ(found.rows(), kItems);
  for (std::uint32_t item = 0; item < kItems; ++item) {
    std::vector<ScoredRow> expected;
    for (std::uint32_t other = 0; other < kItems; ++other) {
      const float score = other == item ? 0 : similarity(dense, item, other, 3);
      if (score > 0) expected.push_back({other, score});
    }
    keep_top(expected, 8);
    ASSERT_EQ(found.row_indices(item).size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(found.row_values(item)[i], expected[i].score, 1e-5);
    }
  }
}

TEST(ItemKnn, IsTheSameWhateverTheThreads) {
  Random random(62);
  const SparseMatrix interactions = sparse(random_interactions(50, 41, random), 41);
  const SparseMatrix one = item_knn(interactions, {.threads = 1});
  EXPECT_EQ(one, item_knn(interactions, {.threads = 2}));
  EXPECT_EQ(one, item_knn(interactions, {.threads = 7}));
}

TEST(ItemKnn, ShrinkageDistrustsFewUsers) {
  // Items 0 and 1 share their only user; 2 and 3 share nine of ten.
  Dense dense(11, std::vector<float>(4));
  dense[0][0] = dense[0][1] = 1;
  for (std::size_t user = 1; user < 10; ++user) dense[user][2] = dense[user][3] = 1;
  dense[10][2] = 1;
  const SparseMatrix plain = item_knn(sparse(dense, 4), {.shrinkage = 0});
  const SparseMatrix shrunk = item_knn(sparse(dense, 4), {.shrinkage = 10});
  EXPECT_GT(plain.row_values(0)[0], plain.row_values(2)[0]);
  EXPECT_LT(shrunk.row_values(0)[0], shrunk.row_values(2)[0]);
}

TEST(ItemKnn, ItemsWithoutUsersHaveNoNeighbours) {
  const SparseMatrix found = item_knn(sparse({{1, 0, 1}}, 3), {});
  EXPECT_TRUE(found.row_indices(1).empty());
  EXPECT_EQ(found.row_indices(0)[0], 2U);
  EXPECT_EQ(item_knn(SparseMatrix{}, {}).rows(), 0U);
}

TEST(ItemKnnScores, AddUpOverWhatTheUserHas) {
  SparseMatrix neighbours;
  neighbours.columns = 3;
  neighbours.offsets = {0, 1, 3, 3};
  neighbours.indices = {2, 0, 2};
  neighbours.values = {0.5F, 0.25F, 0.125F};
  const std::vector<std::uint32_t> items = {0, 1};
  const std::vector<float> weights = {1, 2};
  const SparseScores<float> scores = item_knn_scores(neighbours, items, weights);
  EXPECT_FLOAT_EQ(*scores.find(2), 0.75F);
  EXPECT_FLOAT_EQ(*scores.find(0), 0.5F);
  EXPECT_EQ(scores.find(1), nullptr);
}

}  // namespace
}  // namespace magpie

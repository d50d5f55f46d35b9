#include "kernels/embedding_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"
#include "kernels/tfidf.h"

namespace magpie {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<const Item*> pointers(const std::vector<Item>& items) {
  std::vector<const Item*> result;
  for (const Item& item : items) result.push_back(&item);
  return result;
}

Item item_with(std::vector<float> embedding, std::string title = {}) {
  Item item;
  item.title = std::move(title);
  item.embedding = std::move(embedding);
  return item;
}

float product(const SparseVector& a, const SparseVector& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.indices.size(); ++i) {
    const auto found = std::ranges::lower_bound(b.indices, a.indices[i]);
    if (found == b.indices.end() || *found != a.indices[i]) continue;
    sum += a.values[i] * b.values[static_cast<std::size_t>(found - b.indices.begin())];
  }
  return sum;
}

TEST(MeanEmbedding, IsOfUnitVectors) {
  const std::vector<Item> items = {item_with({3, 4}), item_with({0, -2})};
  EXPECT_THAT(mean_embedding(pointers(items)),
              ElementsAre(testing::FloatNear(0.3F, 1e-6F), testing::FloatNear(-0.1F, 1e-6F)));
}

TEST(MeanEmbedding, NeedsADimensionThatHalfOfTheItemsCarry) {
  std::vector<Item> items = {item_with({1, 0}), item_with({0, 1, 0}), item_with({}), item_with({0, 1})};
  EXPECT_EQ(mean_embedding(pointers(items)).size(), 2U);
  items.push_back(item_with({}));
  EXPECT_THAT(mean_embedding(pointers(items)), IsEmpty());
  EXPECT_THAT(mean_embedding({}), IsEmpty());
}

TEST(EmbeddingTerms, AscendInTheOrderOfColumns) {
  const std::vector<std::string> terms = embedding_terms(1024);
  EXPECT_EQ(terms.size(), 2048U);
  EXPECT_TRUE(std::ranges::is_sorted(terms));
  EXPECT_EQ(terms[34], "embedding:0017+");
  EXPECT_EQ(terms[35], "embedding:0017-");
}

TEST(EmbeddingCode, KeepsTheLargestCoordinatesWithTheirSigns) {
  const std::vector<float> mean(3);
  const SparseVector code = embedding_code(std::vector<float>{0.6F, 0, -0.8F}, mean, 100);
  EXPECT_THAT(code.indices, ElementsAre(100, 105));
  EXPECT_THAT(code.values, ElementsAre(testing::FloatNear(0.6F, 1e-6F), testing::FloatNear(0.8F, 1e-6F)));
  Random random(111);
  std::vector<float> dense(300);
  for (float& value : dense) value = static_cast<float>(random.normal());
  EXPECT_EQ(embedding_code(dense, std::vector<float>(300), 0).indices.size(), kCodedCoordinates);
}

TEST(EmbeddingCode, AnotherDimensionOrNothingLeftHasNone) {
  const std::vector<float> mean = {0, 1};
  EXPECT_THAT(embedding_code(std::vector<float>{1, 0, 0}, mean, 0).indices, IsEmpty());
  EXPECT_THAT(embedding_code(std::vector<float>{}, mean, 0).indices, IsEmpty());
  EXPECT_THAT(embedding_code(std::vector<float>{0, 5}, mean, 0).indices, IsEmpty()) << "it is the mean";
}

// Clusters in many dimensions, all with one strong direction in common: the neighbours by code are those by cosine.
TEST(EmbeddingCode, FindsTheNeighboursOfTheDenseCosine) {
  constexpr std::size_t kDimensions = 128;
  Random random(112);
  std::vector<std::vector<float>> centres(8, std::vector<float>(kDimensions));
  for (auto& centre : centres) {
    for (float& value : centre) value = static_cast<float>(random.normal());
  }
  std::vector<Item> items;
  for (std::size_t i = 0; i < 160; ++i) {
    std::vector<float> vector = centres[i % 8];
    for (float& value : vector) value += static_cast<float>(random.normal() + 2);
    items.push_back(item_with(std::move(vector)));
  }
  const std::vector<float> mean = mean_embedding(pointers(items));
  std::size_t of_the_cluster = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SparseVector code = embedding_code(items[i].embedding, mean, 0);
    std::vector<ScoredRow> near;
    for (std::size_t j = 0; j < items.size(); ++j) {
      if (j == i) continue;
      near.push_back({static_cast<std::uint32_t>(j), product(code, embedding_code(items[j].embedding, mean, 0))});
    }
    keep_top(near, 10);
    of_the_cluster += std::ranges::count_if(near, [i](const ScoredRow& row) { return row.row % 8 == i % 8; });
  }
  EXPECT_GT(of_the_cluster, 160 * 10 * 95 / 100);
}

TEST(FitContent, EmbeddingsStandBesideTheTermsOfTheText) {
  std::vector<Item> items = {item_with({1, 0, 0}, "alien ship"), item_with({0.9F, 0.1F, 0}, "quiet sea"),
                             item_with({0, 0, 1}, "alien sea"), item_with({}, "ship")};
  const ContentModel model = fit_content(pointers(items));
  EXPECT_TRUE(std::ranges::is_sorted(model.terms));
  EXPECT_EQ(model.embedding_mean.size(), 3U);
  EXPECT_EQ(model.terms.size(), 4U + 6U);
  for (std::size_t row = 0; row < items.size(); ++row) {
    float squares = 0;
    for (const float value : model.item_vectors.row_values(row)) squares += value * value;
    EXPECT_NEAR(squares, 1, 1e-5) << row;
    EXPECT_TRUE(std::ranges::is_sorted(model.item_vectors.row_indices(row)));
    const SparseVector again = vectorize(model, items[row]);
    EXPECT_TRUE(std::ranges::equal(again.indices, model.item_vectors.row_indices(row)));
    EXPECT_TRUE(std::ranges::equal(again.values, model.item_vectors.row_values(row)));
  }
  const auto similarity = [&](std::size_t a, std::size_t b) {
    return product(vectorize(model, items[a]), vectorize(model, items[b]));
  };
  EXPECT_GT(similarity(0, 1), 0.3F) << "no word in common, but near vectors";
  EXPECT_GT(similarity(0, 2), 0.1F) << "a word in common";
  EXPECT_GT(similarity(0, 3), 0.1F) << "an item without a vector is found by its words";
}

}  // namespace
}  // namespace magpie

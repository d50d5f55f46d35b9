#include "kernels/tfidf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/random.h"
#include "kernels/tokenize.h"

namespace magpie {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<const Item*> pointers(const std::vector<Item>& items) {
  std::vector<const Item*> result;
  for (const Item& item : items) result.push_back(&item);
  return result;
}

Item item_of(std::string title, std::vector<std::string> categories = {}, std::vector<std::string> tags = {}) {
  Item item;
  item.title = std::move(title);
  item.categories = std::move(categories);
  item.tags = std::move(tags);
  return item;
}

// Titles of a few words of a small vocabulary, one of three categories.
std::vector<Item> random_items(std::size_t count, Random& random) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    std::string title;
    for (std::uint64_t word = random.below(6); word > 0; --word) {
      title.append(" word").append(std::to_string(random.below(30)));
    }
    items.push_back(item_of(title, {"category" + std::to_string(random.below(3))}));
  }
  return items;
}

// The oracle: vectors as maps, in double precision.
using Vector = std::map<std::string, double>;

std::vector<Vector> naive_vectors(const std::vector<Item>& items) {
  std::map<std::string, double> frequency;
  for (const Item& item : items) {
    const std::vector<std::string> terms = TextAnalyzer(Language::kEnglish).item_terms(item);
    for (const std::string& term : std::set<std::string>(terms.begin(), terms.end())) ++frequency[term];
  }
  std::vector<Vector> vectors;
  for (const Item& item : items) {
    Vector vector;
    double squares = 0;
    for (const std::string& term : TextAnalyzer(Language::kEnglish).item_terms(item)) {
      vector[term] += std::log((1.0 + static_cast<double>(items.size())) / (1 + frequency[term])) + 1;
    }
    for (const auto& [term, value] : vector) squares += value * value;
    for (auto& [term, value] : vector) value /= std::sqrt(squares);
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

Vector row(const ContentModel& model, std::size_t item) {
  Vector result;
  for (std::size_t i = 0; i < model.item_vectors.row_indices(item).size(); ++i) {
    result[model.terms[model.item_vectors.row_indices(item)[i]]] = model.item_vectors.row_values(item)[i];
  }
  return result;
}

TEST(FitContent, IsTheSameAsTheDefinition) {
  Random random(21);
  const std::vector<Item> items = random_items(80, random);
  const ContentModel model = fit_content(pointers(items));
  EXPECT_TRUE(std::is_sorted(model.terms.begin(), model.terms.end()));
  ASSERT_EQ(model.item_vectors.rows(), items.size());
  EXPECT_EQ(model.item_vectors.columns, model.terms.size());
  const std::vector<Vector> expected = naive_vectors(items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Vector found = row(model, i);
    ASSERT_EQ(found.size(), expected[i].size());
    for (const auto& [term, value] : expected[i]) EXPECT_NEAR(found.at(term), value, 1e-5) << term;
  }
}

TEST(FitContent, FormsOfAWordAreOneTermInTheirLanguage) {
  const std::vector<Item> items = {item_of("Die Häuser"), item_of("Das Haus")};
  const ContentModel german = fit_content(pointers(items), Language::kGerman);
  EXPECT_EQ(german.language, "german");
  EXPECT_THAT(german.terms, ElementsAre("haus"));
  EXPECT_EQ(fit_content(pointers(items), Language::kNone).terms.size(), 4U);
  // What comes later is read as the fitted items were.
  EXPECT_EQ(vectorize(german, item_of("Ein Häuschen im Haus")).indices.size(), 1U);
}

TEST(FitContent, AnItemWithoutTextHasAnEmptyRow) {
  const std::vector<Item> items = {item_of("alien"), item_of("")};
  const ContentModel model = fit_content(pointers(items));
  EXPECT_EQ(model.item_vectors.rows(), 2U);
  EXPECT_TRUE(model.item_vectors.row_indices(1).empty());
}

TEST(Vectorize, AFittedItemGetsItsOwnRow) {
  Random random(22);
  const std::vector<Item> items = random_items(40, random);
  const ContentModel model = fit_content(pointers(items));
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SparseVector vector = vectorize(model, items[i]);
    EXPECT_TRUE(std::ranges::equal(vector.indices, model.item_vectors.row_indices(i)));
    EXPECT_TRUE(std::ranges::equal(vector.values, model.item_vectors.row_values(i)));
  }
}

TEST(Vectorize, UnknownTermsAreLeftOut) {
  const std::vector<Item> items = {item_of("alien ship"), item_of("quiet ship")};
  const ContentModel model = fit_content(pointers(items));
  const SparseVector vector = vectorize(model, item_of("unheard alien zebra"));
  ASSERT_EQ(vector.indices.size(), 1U);
  EXPECT_EQ(model.terms[vector.indices[0]], "alien");
  EXPECT_FLOAT_EQ(vector.values[0], 1);
  EXPECT_TRUE(vectorize(model, item_of("zebra")).indices.empty());
}

// The oracle: the inner product with every row.
std::vector<ScoredRow> naive_search(const SparseMatrix& vectors, const SparseScores<float>& query, std::size_t k) {
  std::vector<ScoredRow> rows;
  for (std::uint32_t row = 0; row < vectors.rows(); ++row) {
    float score = 0;
    for (const auto& [term, weight] : query.entries()) {
      for (std::size_t i = 0; i < vectors.row_indices(row).size(); ++i) {
        if (vectors.row_indices(row)[i] == term) score += weight * vectors.row_values(row)[i];
      }
    }
    if (score > 0) rows.push_back({row, score});
  }
  keep_top(rows, k);
  return rows;
}

// Up to rounding, which may also swap rows of nearly equal scores.
void expect_same_ranking(const std::vector<ScoredRow>& found, const std::vector<ScoredRow>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i].score, expected[i].score, 1e-5) << i;
}

SparseScores<float> random_query(std::size_t terms, Random& random) {
  SparseScores<float> query;
  for (int i = 0; i < 6; ++i) {
    query[static_cast<std::uint32_t>(random.below(terms))] = static_cast<float>(random.uniform());
  }
  return query;
}

TEST(ContentIndex, FindsWhatAScanOfEveryRowFinds) {
  Random random(23);
  const ContentModel model = fit_content(pointers(random_items(300, random)));
  const ContentIndex index(model.item_vectors);
  for (int n = 0; n < 50; ++n) {
    const SparseScores<float> query = random_query(model.terms.size(), random);
    const std::vector<ScoredRow> expected = naive_search(model.item_vectors, query, 20);
    expect_same_ranking(index.search(model.item_vectors, query, 20), expected);
  }
}

TEST(ContentIndex, WhereNotEverythingIsLookedAtScoresAreStillExact) {
  Random random(24);
  // A third of the items shares each category: more than a list holds.
  const ContentModel model = fit_content(pointers(random_items(6 * ContentIndex::kMaxPostings, random)));
  const ContentIndex index(model.item_vectors);
  std::size_t found_of_best = 0;
  for (int n = 0; n < 20; ++n) {
    const SparseScores<float> query = random_query(model.terms.size(), random);
    const std::vector<ScoredRow> everything = naive_search(model.item_vectors, query, model.item_vectors.rows());
    const std::vector<ScoredRow> found = index.search(model.item_vectors, query, 10);
    ASSERT_EQ(found.size(), 10U);
    for (const ScoredRow& row : found) {
      const auto exact = std::ranges::find(everything, row.row, &ScoredRow::row);
      ASSERT_NE(exact, everything.end());
      EXPECT_NEAR(row.score, exact->score, 1e-5);
    }
    found_of_best += found.front().score >= everything.front().score - 1e-5F;
  }
  EXPECT_GE(found_of_best, 18U);
}

TEST(ContentIndex, NothingMatchesNothing) {
  const std::vector<Item> items = {item_of("alien"), item_of("ship")};
  const ContentModel model = fit_content(pointers(items));
  const ContentIndex index(model.item_vectors);
  EXPECT_THAT(index.search(model.item_vectors, SparseScores<float>(), 5), IsEmpty());
  SparseScores<float> query;
  query[0] = 1;
  EXPECT_EQ(index.search(model.item_vectors, query, 5).size(), 1U);
  EXPECT_THAT(index.search(model.item_vectors, query, 0), IsEmpty());
}

}  // namespace
}  // namespace magpie

#include "kernels/candidate_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace magpie {
namespace {

constexpr std::uint32_t kItems = 40;
constexpr std::uint32_t kRows = 43;  // The last three are newer than the model.
constexpr std::uint32_t kTerms = 20;
constexpr std::uint32_t kCategories = 4;

// Distinct ascending columns with random values.
void append_random_row(SparseMatrix& matrix, std::size_t columns, double density, Random& random) {
  for (std::uint32_t column = 0; column < columns; ++column) {
    if (random.uniform() >= density) continue;
    matrix.indices.push_back(column);
    matrix.values.push_back(static_cast<float>(random.uniform()));
  }
  matrix.offsets.push_back(matrix.indices.size());
}

class CandidateFeatures : public testing::Test {
 protected:
  CandidateFeatures() {
    for (std::uint32_t row = 0; row < kItems; ++row) {
      model_.items.emplace_back("item" + std::to_string(1000 + row));
      model_.popularity.push_back(static_cast<float>(random_.below(50)));
      append_random_row(model_.item_neighbours, kItems, 0.2, random_);
      append_random_row(model_.item_graph, kItems, 0.2, random_);
    }
    model_.item_factors = Matrix(kItems, 3);
    for (float& value : model_.item_factors.values) value = static_cast<float>(random_.normal());
    content_.columns = kTerms;
    categories_.columns = kCategories;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      append_random_row(content_, kTerms, 0.3, random_);
      std::vector<CategoryIndex> categories;
      for (std::uint32_t category = 0; category < kCategories; ++category) {
        if (random_.below(2) == 0) categories.emplace_back(category);
      }
      append_categories(categories_, categories);
    }
  }

  [[nodiscard]] ItemTable table() const { return {model_, content_, categories_}; }

  [[nodiscard]] TasteProfile random_profile(std::size_t items) {
    TasteProfile profile;
    for (std::size_t i = 0; i < items; ++i) {
      profile.items.push_back({static_cast<std::uint32_t>(random_.below(kRows)),
                               static_cast<float>(1 + random_.below(3)), static_cast<float>(i)});
    }
    profile.embedding = {0.5F, -1, 2};
    return profile;
  }

  Random random_{41};
  TrainedModel model_;
  SparseMatrix content_;
  SparseMatrix categories_;
};

double value_at(const SparseMatrix& matrix, std::uint32_t row, std::uint32_t column) {
  if (row >= matrix.rows()) return 0;
  for (std::size_t i = 0; i < matrix.row_indices(row).size(); ++i) {
    if (matrix.row_indices(row)[i] == column) return matrix.row_values(row)[i];
  }
  return 0;
}

// The oracle: each feature as RankerFeature defines it, with every sum written out.
double naive_similarity(const SparseMatrix& neighbours, const TasteProfile& profile, std::uint32_t row,
                        double half_life) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(profile.items.size(), kItemToItemProfileItems); ++i) {
    const ProfileItem& item = profile.items[i];
    sum += item.strength * std::pow(0.5, item.age / half_life) * value_at(neighbours, item.row, row);
  }
  return sum;
}

double naive_content(const SparseMatrix& content, const TasteProfile& profile, std::uint32_t row) {
  double dot = 0;
  double squares = 0;
  for (std::uint32_t term = 0; term < kTerms; ++term) {
    double weight = 0;
    for (std::size_t i = 0; i < std::min(profile.items.size(), kContentProfileItems); ++i) {
      const ProfileItem& item = profile.items[i];
      weight += item.strength * std::pow(0.5, item.age / kContentHalfLife) * value_at(content, item.row, term);
    }
    dot += weight * value_at(content, row, term);
    squares += weight * weight;
  }
  return squares > 0 ? dot / std::sqrt(squares) : 0;
}

double naive_graph(const SparseMatrix& graph, const TasteProfile& profile, std::uint32_t row) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(profile.items.size(), kItemGraphProfileItems); ++i) {
    const ProfileItem& item = profile.items[i];
    if (item.row < kItems && row < kItems) sum += item.strength * value_at(graph, item.row, row);
  }
  return sum;
}

double naive_affinity(const SparseMatrix& categories, const TasteProfile& profile, std::uint32_t row) {
  double dot = 0;
  double total = 0;
  for (const ProfileItem& item : profile.items) {
    for (std::uint32_t category = 0; category < kCategories; ++category) {
      const double part = item.strength * value_at(categories, item.row, category);
      dot += part * value_at(categories, row, category);
      total += part;
    }
  }
  return total > 0 ? dot / total : 0;
}

TEST_F(CandidateFeatures, AreWhatTheirDefinitionsSay) {
  std::vector<std::uint32_t> all(kRows);
  std::iota(all.begin(), all.end(), 0U);
  for (const std::size_t items : {0U, 1U, 5U, 60U, 250U}) {
    const TasteProfile profile = random_profile(items);
    const ProfileSignals signals = profile_signals(table(), profile);
    const Matrix features = candidate_features(table(), profile, signals, all);
    ASSERT_EQ(features.rows, kRows);
    for (std::uint32_t row = 0; row < kRows; ++row) {
      const auto feature = [&](RankerFeature name) { return features.row(row)[static_cast<std::size_t>(name)]; };
      double collaborative = 0;
      for (std::size_t k = 0; row < kItems && k < 3; ++k) {
        collaborative += profile.embedding[k] * model_.item_factors.row(row)[k];
      }
      EXPECT_NEAR(feature(RankerFeature::kItemToItemShort),
                  std::sqrt(naive_similarity(model_.item_neighbours, profile, row, kShortHalfLife)), 1e-4);
      EXPECT_NEAR(feature(RankerFeature::kItemToItemLong),
                  std::sqrt(naive_similarity(model_.item_neighbours, profile, row, kLongHalfLife)), 1e-4);
      EXPECT_NEAR(feature(RankerFeature::kCollaborative), collaborative, 1e-5);
      EXPECT_NEAR(feature(RankerFeature::kPopularity), row < kItems ? std::log1p(model_.popularity[row]) : 0, 1e-5);
      EXPECT_NEAR(feature(RankerFeature::kContent), naive_content(content_, profile, row), 1e-5);
      EXPECT_NEAR(feature(RankerFeature::kCategoryAffinity), naive_affinity(categories_, profile, row), 1e-5);
      EXPECT_NEAR(feature(RankerFeature::kItemGraph), std::sqrt(naive_graph(model_.item_graph, profile, row)), 1e-4);
      EXPECT_EQ(feature(RankerFeature::kTwoTower), 0) << "no network";
    }
  }
}

TEST_F(CandidateFeatures, BecauseOfTheItemThatContributesMost) {
  const TasteProfile profile = random_profile(12);
  const ProfileSignals signals = profile_signals(table(), profile);
  ASSERT_FALSE(signals.item_to_item.entries().empty());
  for (const auto& [row, score] : signals.item_to_item.entries()) {
    double strongest = 0;
    for (const ProfileItem& item : profile.items) {
      strongest = std::max(strongest, item.strength * std::pow(0.5, item.age / kCandidateHalfLife) *
                                          value_at(model_.item_neighbours, item.row, row));
    }
    EXPECT_NEAR(score.strongest, strongest, 1e-5);
    EXPECT_GT(value_at(model_.item_neighbours, score.because_of, row), 0);
    EXPECT_NEAR(score.candidate, naive_similarity(model_.item_neighbours, profile, row, kCandidateHalfLife), 1e-4);
  }
}

TEST_F(CandidateFeatures, NearestByContentSharesTheMost) {
  const TasteProfile profile = random_profile(8);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    double best = 0;
    std::optional<std::uint32_t> expected;
    for (const ProfileItem& item : profile.items) {
      double dot = 0;
      for (std::uint32_t term = 0; term < kTerms; ++term) {
        dot += value_at(content_, item.row, term) * value_at(content_, row, term);
      }
      if (dot > best + 1e-6) {
        best = dot;
        expected = item.row;
      }
    }
    EXPECT_EQ(nearest_by_content(table(), profile, row), expected);
  }
}

TEST_F(CandidateFeatures, AStrangerHasPopularityOnly) {
  const TasteProfile stranger;
  const ProfileSignals signals = profile_signals(table(), stranger);
  const std::vector<std::uint32_t> rows = {3};
  const Matrix features = candidate_features(table(), stranger, signals, rows);
  for (std::size_t k = 0; k < kRankerFeatures; ++k) {
    const bool popularity = k == static_cast<std::size_t>(RankerFeature::kPopularity);
    EXPECT_FLOAT_EQ(features.row(0)[k], popularity ? std::log1p(model_.popularity[3]) : 0);
  }
}

}  // namespace
}  // namespace magpie

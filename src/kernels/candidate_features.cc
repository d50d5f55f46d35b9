#include "kernels/candidate_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/interleave.h"
#include "kernels/two_tower.h"

namespace magpie {
namespace {

float decay(float age, float half_life) { return std::exp2(-age / half_life); }

float dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

void add_item_to_item(const TrainedModel& model, const ProfileItem& item, SparseScores<ItemToItemScore>& scores) {
  if (item.row >= model.items.size()) return;
  const float short_term = item.strength * decay(item.age, kShortHalfLife);
  const float long_term = item.strength * decay(item.age, kLongHalfLife);
  const float candidate = item.strength * decay(item.age, kCandidateHalfLife);
  const std::span<const std::uint32_t> neighbours = model.item_neighbours.row_indices(item.row);
  const std::span<const float> similarities = model.item_neighbours.row_values(item.row);
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    ItemToItemScore& score = scores[neighbours[i]];
    const float part = candidate * similarities[i];
    score.short_term += short_term * similarities[i];
    score.long_term += long_term * similarities[i];
    score.candidate += part;
    if (part > score.strongest) {
      score.strongest = part;
      score.because_of = item.row;
    }
  }
}

std::span<const ProfileItem> newest(const TasteProfile& profile, std::size_t count) {
  return std::span(profile.items).first(std::min(count, profile.items.size()));
}

SparseScores<ItemToItemScore> item_to_item_scores(const TrainedModel& model, const TasteProfile& profile) {
  const std::span<const ProfileItem> items = newest(profile, kItemToItemProfileItems);
  std::size_t neighbours = 0;
  for (const ProfileItem& item : items) {
    if (item.row < model.items.size()) neighbours += model.item_neighbours.row_indices(item.row).size();
  }
  SparseScores<ItemToItemScore> scores(neighbours);
  for (const ProfileItem& item : items) add_item_to_item(model, item, scores);
  return scores;
}

SparseScores<float> item_graph_scores(const TrainedModel& model, const TasteProfile& profile) {
  const std::span<const ProfileItem> items = newest(profile, kItemGraphProfileItems);
  std::size_t entries = 0;
  for (const ProfileItem& item : items) {
    if (item.row < model.items.size()) entries += model.item_graph.row_indices(item.row).size();
  }
  SparseScores<float> scores(std::min(entries, model.items.size()));
  for (const ProfileItem& item : items) {
    if (item.row >= model.items.size()) continue;
    const std::span<const std::uint32_t> others = model.item_graph.row_indices(item.row);
    const std::span<const float> weights = model.item_graph.row_values(item.row);
    for (std::size_t i = 0; i < others.size(); ++i) scores[others[i]] += item.strength * weights[i];
  }
  return scores;
}

std::vector<float> user_vector(const TwoTowerModel* two_tower, const TasteProfile& profile) {
  if (two_tower == nullptr) return {};
  std::vector<float> vector(two_tower->dimensions());
  UserVectorScratch scratch;
  if (!two_tower_user_vector(*two_tower, profile.items, scratch, vector)) vector.clear();
  return vector;
}

SparseScores<float> content_profile(const SparseMatrix& content, const TasteProfile& profile) {
  SparseScores<float> sum;
  for (const ProfileItem& item : newest(profile, kContentProfileItems)) {
    const float weight = item.strength * decay(item.age, kContentHalfLife);
    const std::span<const std::uint32_t> terms = content.row_indices(item.row);
    const std::span<const float> values = content.row_values(item.row);
    for (std::size_t i = 0; i < terms.size(); ++i) sum[terms[i]] += weight * values[i];
  }
  float squares = 0;
  for (const auto& entry : sum.entries()) squares += entry.value * entry.value;
  SparseScores<float> unit(sum.entries().size());
  for (const auto& entry : sum.entries()) unit[entry.row] = entry.value / std::sqrt(squares);
  return unit;
}

std::vector<float> category_shares(const SparseMatrix& categories, const TasteProfile& profile) {
  std::vector<float> shares(categories.columns);
  float total = 0;
  for (const ProfileItem& item : profile.items) {
    const std::span<const std::uint32_t> of_item = categories.row_indices(item.row);
    const std::span<const float> values = categories.row_values(item.row);
    for (std::size_t i = 0; i < of_item.size(); ++i) {
      shares[of_item[i]] += item.strength * values[i];
      total += item.strength * values[i];
    }
  }
  if (total > 0) {
    for (float& share : shares) share /= total;
  }
  return shares;
}

float category_score(const ItemTable& table, const ProfileSignals& signals, std::uint32_t row) {
  const std::span<const std::uint32_t> categories = table.categories.row_indices(row);
  const std::span<const float> values = table.categories.row_values(row);
  float score = 0;
  for (std::size_t i = 0; i < categories.size(); ++i) score += signals.categories[categories[i]] * values[i];
  return score;
}

// Both rows have ascending columns.
float sparse_dot(const SparseMatrix& matrix, std::uint32_t a, std::uint32_t b) {
  const std::span<const std::uint32_t> left = matrix.row_indices(a);
  const std::span<const std::uint32_t> right = matrix.row_indices(b);
  float sum = 0;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i] == right[j]) {
      sum += matrix.row_values(a)[i++] * matrix.row_values(b)[j++];
    } else if (left[i] < right[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return sum;
}

void fill_features(const ItemTable& table, const TasteProfile& profile, const ProfileSignals& signals,
                   std::uint32_t row, std::span<float> out) {
  const auto at = [out](RankerFeature feature) -> float& { return out[static_cast<std::size_t>(feature)]; };
  const ItemToItemScore* found = signals.item_to_item.find(row);
  const ItemToItemScore similarity = found == nullptr ? ItemToItemScore{} : *found;
  const float popularity = row < table.model.popularity.size() ? table.model.popularity[row] : 0.0F;
  at(RankerFeature::kCollaborative) = collaborative_score(table.model, profile, row);
  at(RankerFeature::kItemToItemShort) = std::sqrt(similarity.short_term);
  at(RankerFeature::kItemToItemLong) = std::sqrt(similarity.long_term);
  at(RankerFeature::kContent) = content_score(table, signals, row);
  at(RankerFeature::kPopularity) = std::log1p(popularity);
  at(RankerFeature::kCategoryAffinity) = category_score(table, signals, row);
  const float* graph = signals.item_graph.find(row);
  at(RankerFeature::kItemGraph) = graph == nullptr ? 0.0F : std::sqrt(*graph);
  at(RankerFeature::kTwoTower) = two_tower_score(table, signals, row);
}

}  // namespace

void append_categories(SparseMatrix& matrix, std::span<const CategoryIndex> categories) {
  for (const CategoryIndex category : categories) {
    matrix.indices.push_back(category.get());
    matrix.values.push_back(1.0F / static_cast<float>(categories.size()));
  }
  matrix.offsets.push_back(matrix.indices.size());
}

ProfileSignals profile_signals(const ItemTable& table, const TasteProfile& profile) {
  return {item_to_item_scores(table.model, profile), item_graph_scores(table.model, profile),
          user_vector(table.two_tower, profile), content_profile(table.content, profile),
          category_shares(table.categories, profile)};
}

std::vector<ScoredRow> item_to_item_order(const ProfileSignals& signals, std::size_t depth) {
  std::vector<ScoredRow> by_order;
  by_order.reserve(signals.item_to_item.entries().size());
  for (const auto& [row, score] : signals.item_to_item.entries()) {
    if (score.candidate > 0) by_order.push_back({row, score.candidate});
  }
  keep_top(by_order, depth);
  std::vector<ScoredRow> by_graph;
  by_graph.reserve(signals.item_graph.entries().size());
  for (const auto& [row, score] : signals.item_graph.entries()) by_graph.push_back({row, score});
  keep_top(by_graph, depth);
  return interleave(by_order, by_graph);
}

std::optional<std::uint32_t> strongest_by_item_graph(const TrainedModel& model, const TasteProfile& profile,
                                                     std::uint32_t row) {
  std::optional<std::uint32_t> strongest;
  float most = 0;
  for (const ProfileItem& item : newest(profile, kItemGraphProfileItems)) {
    if (item.row >= model.items.size()) continue;
    const std::span<const std::uint32_t> others = model.item_graph.row_indices(item.row);
    const auto found = std::find(others.begin(), others.end(), row);
    if (found == others.end()) continue;
    const auto at = static_cast<std::size_t>(found - others.begin());
    const float part = item.strength * model.item_graph.row_values(item.row)[at];
    if (part > most) {
      most = part;
      strongest = item.row;
    }
  }
  return strongest;
}

float collaborative_score(const TrainedModel& model, const TasteProfile& profile, std::uint32_t row) {
  if (profile.embedding.empty() || row >= model.items.size()) return 0;
  return dot(profile.embedding, model.item_factors.row(row));
}

float two_tower_score(const ItemTable& table, const ProfileSignals& signals, std::uint32_t row) {
  if (signals.user_vector.empty() || row >= table.two_tower->items()) return 0;
  return dot(signals.user_vector, table.two_tower->item_vectors.row(row));
}

float content_score(const ItemTable& table, const ProfileSignals& signals, std::uint32_t row) {
  const std::span<const std::uint32_t> terms = table.content.row_indices(row);
  const std::span<const float> values = table.content.row_values(row);
  float score = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (const float* weight = signals.content.find(terms[i])) score += *weight * values[i];
  }
  return score;
}

std::optional<std::uint32_t> nearest_by_content(const ItemTable& table, const TasteProfile& profile,
                                                std::uint32_t row) {
  std::optional<std::uint32_t> nearest;
  float best = 0;
  for (const ProfileItem& item : newest(profile, kContentProfileItems)) {
    const float score = sparse_dot(table.content, item.row, row);
    if (score > best) {
      best = score;
      nearest = item.row;
    }
  }
  return nearest;
}

Matrix candidate_features(const ItemTable& table, const TasteProfile& profile, const ProfileSignals& signals,
                          std::span<const std::uint32_t> rows) {
  Matrix features(rows.size(), kRankerFeatures);
  for (std::size_t i = 0; i < rows.size(); ++i) fill_features(table, profile, signals, rows[i], features.row(i));
  return features;
}

}  // namespace magpie

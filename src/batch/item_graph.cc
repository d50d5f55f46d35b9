#include "batch/item_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/candidate_features.h"
#include "kernels/ranking_metrics.h"
#include "kernels/sparse_scores.h"
#include "kernels/topk.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kDepth = 10;
constexpr std::size_t kMostValidationUsers = 5'000;

// The `kDepth` best items that the user does not know yet.
std::vector<std::uint32_t> best_unknown(const SparseMatrix& graph, const TasteProfile& profile,
                                        std::span<const NetPreference> known, std::uint32_t held_out) {
  SparseScores<float> scores;
  for (const ProfileItem& item : std::span(profile.items).first(std::min(profile.items.size(), kItemGraphProfileItems))) {
    const auto others = graph.row_indices(item.row);
    const auto weights = graph.row_values(item.row);
    for (std::size_t i = 0; i < others.size(); ++i) scores[others[i]] += item.strength * weights[i];
  }
  std::vector<ScoredRow> rows;
  for (const auto& entry : scores.entries()) rows.push_back({entry.row, entry.value});
  keep_top(rows, kDepth + known.size());
  std::vector<std::uint32_t> best;
  for (const ScoredRow& row : rows) {
    const bool is_known = row.row != held_out && std::any_of(known.begin(), known.end(), [&](const NetPreference& item) {
      return item.row == row.row;
    });
    if (!is_known && best.size() < kDepth) best.push_back(row.row);
  }
  return best;
}

double validate(const SparseMatrix& graph, const Interactions& interactions, const HoldoutSplit& held) {
  MeanRankingMetrics mean;
  const std::size_t users = std::min(held.holdouts.size(), kMostValidationUsers);
  for (std::size_t i = 0; i < users; ++i) {
    const Holdout& holdout = held.holdouts[i * held.holdouts.size() / users];
    const auto ranked = best_unknown(graph, held.histories[holdout.user].profile, interactions.of(holdout.user),
                                     holdout.row);
    mean.add(ranking_metrics(ranked, std::span(&holdout.row, 1), kDepth));
  }
  return mean.mean().ndcg;
}

}  // namespace

std::string_view to_string(ItemGraphMethod method) {
  switch (method) {
    case ItemGraphMethod::kAutomatic: return "automatic";
    case ItemGraphMethod::kLinearAutoencoder: return "linear_autoencoder";
    case ItemGraphMethod::kGraphFilter: return "graph_filter";
  }
  return "unknown";
}

bool affords_linear_autoencoder(const SparseMatrix& interactions, const ItemGraphSettings& settings) {
  return std::min(interactions.rows(), interactions.columns) <= settings.largest_closed_form;
}

Result<SparseMatrix> train_item_graph(const SparseMatrix& interactions, const ItemGraphSettings& settings) {
  const bool closed_form = settings.method == ItemGraphMethod::kLinearAutoencoder ||
                           (settings.method == ItemGraphMethod::kAutomatic &&
                            affords_linear_autoencoder(interactions, settings));
  if (!closed_form) return GraphFilter::fit(interactions, settings.filter).item_graph(settings.neighbours);
  MAGPIE_ASSIGN_OR_RETURN(const auto autoencoder, LinearAutoencoder::fit(interactions, settings.linear));
  return autoencoder.item_graph(settings.neighbours);
}

Result<ItemGraphChoice> choose_item_graph(const Interactions& interactions, const HoldoutSplit& held,
                                          const ItemGraphSettings& settings) {
  ItemGraphChoice choice;
  choice.method = settings.method;
  if (settings.method != ItemGraphMethod::kAutomatic) return choice;
  const SparseMatrix matrix = strengths(held.histories, interactions.items.size());
  std::vector<ItemGraphMethod> methods{ItemGraphMethod::kGraphFilter};
  if (affords_linear_autoencoder(matrix, settings)) methods.insert(methods.begin(), ItemGraphMethod::kLinearAutoencoder);
  double best = -1;
  for (const ItemGraphMethod method : methods) {
    ItemGraphSettings one = settings;
    one.method = method;
    MAGPIE_ASSIGN_OR_RETURN(const auto graph, train_item_graph(matrix, one));
    const double ndcg = validate(graph, interactions, held);
    choice.ndcg[method] = ndcg;
    if (ndcg > best) choice.method = method;
    best = std::max(best, ndcg);
  }
  return choice;
}

}  // namespace magpie::batch

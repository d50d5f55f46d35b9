#include "batch/held_out_ranking.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "kernels/candidate_features.h"
#include "kernels/parallel_for.h"
#include "kernels/ranking_metrics.h"
#include "kernels/topk.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kDepth = 10;
constexpr std::size_t kMostUsers = 5'000;

// Ascending.
std::vector<std::uint32_t> known_rows(std::span<const NetPreference> preferences, std::uint32_t held_out) {
  std::vector<std::uint32_t> known;
  for (const NetPreference& preference : preferences) {
    if (preference.row != held_out) known.push_back(preference.row);
  }
  std::sort(known.begin(), known.end());
  return known;
}

std::vector<std::uint32_t> best_unknown(std::vector<ScoredRow> rows, const std::vector<std::uint32_t>& known) {
  keep_top(rows, kDepth + known.size());
  std::vector<std::uint32_t> best;
  for (const ScoredRow& row : rows) {
    if (best.size() < kDepth && !std::binary_search(known.begin(), known.end(), row.row)) best.push_back(row.row);
  }
  return best;
}

SparseMatrix empty_rows(std::size_t rows) {
  SparseMatrix matrix;
  matrix.offsets.assign(rows + 1, 0);
  return matrix;
}

}  // namespace

HeldOutRanking::HeldOutRanking(const Interactions& interactions, const HoldoutSplit& split, unsigned threads)
    : interactions_(interactions), split_(split), threads_(threads) {
  const std::size_t users = std::min(kMostUsers, split.holdouts.size());
  for (std::size_t i = 0; i < users; ++i) holdouts_.push_back(split.holdouts[i * split.holdouts.size() / users]);
}

template <typename Score>
double HeldOutRanking::mean_ndcg(const Score& score) const {
  std::vector<RankingMetrics> of_users(holdouts_.size());
  parallel_for(holdouts_.size(), threads_, [&](std::size_t i) {
    const Holdout& holdout = holdouts_[i];
    const auto known = known_rows(interactions_.of(holdout.user), holdout.row);
    of_users[i] = ranking_metrics(best_unknown(score(holdout), known), std::span(&holdout.row, 1), kDepth);
  });
  MeanRankingMetrics mean;
  for (const RankingMetrics& metrics : of_users) mean.add(metrics);
  return mean.mean().ndcg;
}

double HeldOutRanking::factors_ndcg(const Matrix& user_factors, const Matrix& item_factors) const {
  return mean_ndcg([&](const Holdout& holdout) {
    const std::span<const float> user = user_factors.row(holdout.user);
    std::vector<ScoredRow> rows(item_factors.rows);
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const std::span<const float> item = item_factors.row(row);
      rows[row] = {row, std::inner_product(user.begin(), user.end(), item.begin(), 0.0F)};
    }
    return rows;
  });
}

double HeldOutRanking::item_to_item_ndcg(SparseMatrix neighbours) const {
  TrainedModel model;
  model.item_graph = empty_rows(neighbours.rows());
  model.item_neighbours = std::move(neighbours);
  return signals_ndcg(model);
}

double HeldOutRanking::item_graph_ndcg(SparseMatrix graph) const {
  TrainedModel model;
  model.item_neighbours = empty_rows(graph.rows());
  model.item_graph = std::move(graph);
  return signals_ndcg(model);
}

double HeldOutRanking::signals_ndcg(TrainedModel& model) const {
  model.items = interactions_.items;
  const SparseMatrix nothing = empty_rows(model.items.size());
  const ItemTable table{model, nothing, nothing};
  return mean_ndcg([&](const Holdout& holdout) {
    const ProfileSignals signals = profile_signals(table, split_.histories[holdout.user].profile);
    return item_to_item_order(signals, model.items.size());
  });
}

}  // namespace magpie::batch

#include "kernels/ranking_metrics.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

double discount(std::size_t rank) { return 1 / std::log2(static_cast<double>(rank) + 1); }

// With `relevant` items at ranks 1, 2, ...
double ideal_gain(std::size_t relevant, std::size_t k) {
  double gain = 0;
  for (std::size_t rank = 1; rank <= std::min(relevant, k); ++rank) gain += discount(rank);
  return gain;
}

}  // namespace

RankingMetrics ranking_metrics(std::span<const std::uint32_t> ranked, std::span<const std::uint32_t> relevant,
                               std::size_t k) {
  RankingMetrics metrics;
  if (relevant.empty() || k == 0) return metrics;
  std::size_t hits = 0;
  for (std::size_t rank = 1; rank <= std::min(k, ranked.size()); ++rank) {
    if (std::find(relevant.begin(), relevant.end(), ranked[rank - 1]) == relevant.end()) continue;
    if (++hits == 1) metrics.mrr = 1 / static_cast<double>(rank);
    metrics.ndcg += discount(rank);
  }
  metrics.hit_rate = hits > 0 ? 1 : 0;
  metrics.ndcg /= ideal_gain(relevant.size(), k);
  metrics.recall = static_cast<double>(hits) / static_cast<double>(relevant.size());
  return metrics;
}

void MeanRankingMetrics::add(const RankingMetrics& metrics) {
  sum_.hit_rate += metrics.hit_rate;
  sum_.ndcg += metrics.ndcg;
  sum_.mrr += metrics.mrr;
  sum_.recall += metrics.recall;
  ++count_;
}

RankingMetrics MeanRankingMetrics::mean() const {
  if (count_ == 0) return {};
  const auto n = static_cast<double>(count_);
  return {sum_.hit_rate / n, sum_.ndcg / n, sum_.mrr / n, sum_.recall / n};
}

}  // namespace magpie

// Offline quality of ranked lists. Pure and thread-safe.
//
// K. Jarvelin, J. Kekalainen: Cumulated gain-based evaluation of IR techniques, TOIS 2002 (NDCG, binary relevance).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace magpie {

// Of the first k of one list, or the mean over many lists.
struct RankingMetrics {
  double hit_rate = 0;  // 1 where any relevant item is among them.
  double ndcg = 0;      // Sum of 1 / log2(rank + 1) over the relevant ones, by what is possible at best.
  double mrr = 0;       // 1 / rank of the first relevant one; 0 where there is none.
  double recall = 0;    // Relevant ones among them, of all relevant ones.
};

// `ranked`: best first, distinct. All 0 where nothing is relevant.
[[nodiscard]] RankingMetrics ranking_metrics(std::span<const std::uint32_t> ranked,
                                             std::span<const std::uint32_t> relevant, std::size_t k);

// The mean over lists, each list counting the same.
class MeanRankingMetrics {
 public:
  void add(const RankingMetrics& metrics);
  // All 0 before the first list.
  [[nodiscard]] RankingMetrics mean() const;
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  RankingMetrics sum_;
  std::size_t count_ = 0;
};

}  // namespace magpie

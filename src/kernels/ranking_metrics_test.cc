#include "kernels/ranking_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace magpie {
namespace {

using Rows = std::vector<std::uint32_t>;

TEST(RankingMetrics, OneRelevantItemAtTheThirdPlace) {
  const RankingMetrics metrics = ranking_metrics(Rows{5, 6, 7, 8}, Rows{7}, 10);
  EXPECT_DOUBLE_EQ(metrics.hit_rate, 1);
  EXPECT_DOUBLE_EQ(metrics.ndcg, 1 / std::log2(4.0));
  EXPECT_DOUBLE_EQ(metrics.mrr, 1.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.recall, 1);
}

TEST(RankingMetrics, WhatStandsAfterKDoesNotCount) {
  const RankingMetrics metrics = ranking_metrics(Rows{5, 6, 7}, Rows{7}, 2);
  EXPECT_DOUBLE_EQ(metrics.hit_rate + metrics.ndcg + metrics.mrr + metrics.recall, 0);
}

TEST(RankingMetrics, SeveralRelevantItems) {
  const RankingMetrics metrics = ranking_metrics(Rows{1, 2, 3}, Rows{3, 1, 9}, 3);
  const double ideal = 1 + 1 / std::log2(3.0) + 1 / std::log2(4.0);
  EXPECT_DOUBLE_EQ(metrics.ndcg, (1 + 1 / std::log2(4.0)) / ideal);
  EXPECT_DOUBLE_EQ(metrics.mrr, 1);
  EXPECT_DOUBLE_EQ(metrics.recall, 2.0 / 3);
}

TEST(RankingMetrics, APerfectListOfMoreThanKHasFullGain) {
  EXPECT_DOUBLE_EQ(ranking_metrics(Rows{4, 5}, Rows{5, 4, 6}, 2).ndcg, 1);
}

TEST(RankingMetrics, NothingRelevantOrNothingRankedIsZero) {
  EXPECT_DOUBLE_EQ(ranking_metrics(Rows{1}, Rows{}, 10).ndcg, 0);
  EXPECT_DOUBLE_EQ(ranking_metrics(Rows{}, Rows{1}, 10).recall, 0);
  EXPECT_DOUBLE_EQ(ranking_metrics(Rows{1}, Rows{1}, 0).hit_rate, 0);
}

TEST(MeanRankingMetrics, EachListCountsTheSame) {
  MeanRankingMetrics mean;
  EXPECT_DOUBLE_EQ(mean.mean().ndcg, 0);
  mean.add(ranking_metrics(Rows{1}, Rows{1}, 10));
  mean.add(ranking_metrics(Rows{2}, Rows{1}, 10));
  mean.add(ranking_metrics(Rows{2, 1}, Rows{1}, 10));
  EXPECT_EQ(mean.count(), 3U);
  EXPECT_DOUBLE_EQ(mean.mean().hit_rate, 2.0 / 3);
  EXPECT_DOUBLE_EQ(mean.mean().mrr, 0.5);
}

}  // namespace
}  // namespace magpie

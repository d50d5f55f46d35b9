#include "serving/merge.h"

#include <gtest/gtest.h>

namespace magpie::serving {
namespace {

StrategyReport report(Source source, std::vector<Candidate> candidates) {
  return {source, StrategyOutcome::kOk, std::move(candidates), {}};
}

Candidate candidate(std::uint32_t item, float score) { return {ItemIndex(item), score}; }

TEST(Merge, KeepsEachItemOnceWithAllItsSources) {
  const std::vector<StrategyReport> reports{report(Source::kTrending, {candidate(7, 3), candidate(1, 1)}),
                                            report(Source::kItemToItem, {candidate(7, 0.5F), candidate(3, 0.4F)}),
                                            report(Source::kCollaborative, {candidate(7, 9)})};
  const auto merged = merge(reports);
  ASSERT_EQ(merged.size(), 3U);
  EXPECT_EQ(merged[0].item, ItemIndex(1));
  EXPECT_EQ(merged[0].sources.list(), (std::vector<Source>{Source::kTrending}));
  EXPECT_EQ(merged[1].item, ItemIndex(3));
  EXPECT_EQ(merged[1].sources.list(), (std::vector<Source>{Source::kItemToItem}));
  EXPECT_EQ(merged[2].item, ItemIndex(7));
  EXPECT_EQ(merged[2].sources.list(),
            (std::vector<Source>{Source::kCollaborative, Source::kItemToItem, Source::kTrending}));
  EXPECT_EQ(merged[2].source_score, 9);
}

TEST(Merge, OrderOfReportsDoesNotMatter) {
  std::vector<StrategyReport> reports{report(Source::kContent, {candidate(1, 1), candidate(2, 2)}),
                                      report(Source::kTrending, {candidate(2, 5), candidate(0, 1)})};
  const auto one = merge(reports);
  std::swap(reports[0], reports[1]);
  const auto other = merge(reports);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].item, other[i].item);
    EXPECT_EQ(one[i].sources.list(), other[i].sources.list());
    EXPECT_EQ(one[i].source_score, other[i].source_score);
  }
}

TEST(Merge, NothingIsNothing) {
  EXPECT_TRUE(merge({}).empty());
  const std::vector<StrategyReport> late{{Source::kContent, StrategyOutcome::kLate, {}, {}}};
  EXPECT_TRUE(merge(late).empty());
}

}  // namespace
}  // namespace magpie::serving

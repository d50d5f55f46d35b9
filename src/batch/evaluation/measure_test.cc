#include "batch/evaluation/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kernels/ranking_metrics.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kItems = 20;
constexpr std::array<Contender, 3> kAll = {Contender::kEngine, Contender::kTrending, kBaseline};

// Users with as many items in training as asked for, each of whom is asked for one item; every contender shows the
// same list but the baseline, which shows nothing.
class Measuring : public testing::Test {
 protected:
  Measuring() {
    for (std::size_t item = 0; item < kItems; ++item) split_.train.items.emplace_back("i" + std::to_string(100 + item));
    content_.columns = 2;
    for (std::uint32_t item = 0; item < kItems; ++item) {
      content_.indices.push_back(item % 2);
      content_.values.push_back(1);
      content_.offsets.push_back(content_.indices.size());
    }
  }

  void add_user(std::size_t items, std::uint32_t relevant, RankedList list) {
    const std::size_t user = split_.train.users.size();
    const UserId id("u" + std::to_string(1000 + user));
    split_.train.users.push_back(id);
    for (std::uint32_t item = 0; item < items; ++item) split_.train.preferences.push_back({item, Timestamp(), 1});
    split_.train.offsets.push_back(split_.train.preferences.size());
    split_.test.push_back({.id = id, .train_user = user, .relevant = {relevant}, .next = relevant});
    UserRankings rankings;
    rankings.lists.fill(list);
    rankings[kBaseline].clear();
    rankings.probabilities.assign(list.size(), 0.25F);
    rankings.candidates = list;
    std::ranges::sort(rankings.candidates);
    rankings_.push_back(std::move(rankings));
  }

  [[nodiscard]] EvaluationReport report(std::size_t k) {
    EvaluationReport result;
    measure({split_, kAll, split_.test, rankings_, content_}, k, {.resamples = 50}, result);
    return result;
  }

  static const SegmentResult& segment(const EvaluationReport& report, const std::string& name) {
    return *std::ranges::find(report.segments, name, &SegmentResult::name);
  }
  static const MeasureResult& engine(const SegmentResult& segment, Measure measure) {
    return segment.contenders.front().measures[static_cast<std::size_t>(measure)];
  }

  EvaluationSplit split_;
  std::vector<UserRankings> rankings_;
  SparseMatrix content_;
};

TEST_F(Measuring, AveragesTheMetricsOfTheLists) {
  add_user(3, 7, {7, 8, 9});
  add_user(3, 7, {8, 7, 9});
  add_user(3, 7, {8, 9, 7});
  const EvaluationReport result = report(2);
  const SegmentResult& all = segment(result, "all");
  EXPECT_EQ(all.users, 3U);
  EXPECT_DOUBLE_EQ(engine(all, Measure::kRecall).estimate.value, 2.0 / 3);
  EXPECT_DOUBLE_EQ(engine(all, Measure::kMrr).estimate.value, 0.5);
  EXPECT_NEAR(engine(all, Measure::kNdcg).estimate.value, (1 + 0.63093) / 3, 1e-5);
  EXPECT_DOUBLE_EQ(result.candidate_recall, 1);
}

TEST_F(Measuring, TheDifferenceIsToTheBaseline) {
  for (int i = 0; i < 20; ++i) add_user(3, 7, {7});
  const EvaluationReport result = report(5);
  const SegmentResult& all = segment(result, "all");
  const MeasureResult& recall = engine(all, Measure::kRecall);
  EXPECT_DOUBLE_EQ(recall.to_baseline->value, 1);
  EXPECT_LT(recall.to_baseline->p_value, 0.05);
  EXPECT_FALSE(engine(all, Measure::kNovelty).to_baseline.has_value());
  const ContenderResult& baseline = all.contenders.back();
  EXPECT_FALSE(baseline.measures[0].to_baseline.has_value());
}

TEST_F(Measuring, SegmentsHoldTheUsersTheyName) {
  for (std::size_t items = 1; items <= 20; ++items) add_user(items, 19, {19});
  const EvaluationReport result = report(5);
  EXPECT_EQ(segment(result, "new_users").users, 9U);
  EXPECT_EQ(segment(result, "heavy_users").users, 4U);
  // Item 0 to 3, the most popular fifth of 20, are the head; 19 belongs to the tail.
  EXPECT_EQ(segment(result, "tail_items").users, 20U);
}

TEST_F(Measuring, ItemsOfTheHeadDoNotCountInTheTail) {
  add_user(10, 0, {0});
  add_user(5, 9, {9});
  const EvaluationReport result = report(5);
  EXPECT_EQ(segment(result, "tail_items").users, 1U);
  EXPECT_EQ(segment(result, "new_users").users, 1U);
  EXPECT_EQ(segment(result, "all").contenders.size(), kAll.size());
}

TEST_F(Measuring, AnEmptySegmentHasNoFigures) {
  add_user(15, 0, {0});
  const EvaluationReport result = report(5);
  EXPECT_EQ(segment(result, "new_users").users, 0U);
  EXPECT_TRUE(segment(result, "new_users").contenders.empty());
}

TEST_F(Measuring, ListsThatAreNotThereSayNothingOfNoveltyAndDiversity) {
  add_user(3, 7, {7, 9});
  add_user(3, 7, {});
  const EvaluationReport result = report(5);
  const SegmentResult& all = segment(result, "all");
  EXPECT_NEAR(engine(all, Measure::kNovelty).estimate.value, 1.58496, 1e-4) << "-log2(1/3), of the one list";
  EXPECT_NEAR(engine(all, Measure::kDiversity).estimate.value, 0, 1e-9) << "both items are odd";
}

TEST_F(Measuring, CoverageIsOfWhatIsShown) {
  add_user(3, 7, {7, 8});
  add_user(3, 7, {7, 9});
  const EvaluationReport one = report(1);
  EXPECT_DOUBLE_EQ(one.catalogue[0].coverage, 1.0 / kItems);
  EXPECT_DOUBLE_EQ(report(2).catalogue[0].coverage, 3.0 / kItems);
  EXPECT_EQ(one.depths.size(), one.catalogue[0].ndcg_by_depth.size());
  EXPECT_EQ(one.depths.front(), 1U);
}

TEST_F(Measuring, CalibrationIsOfTheNextItem) {
  for (int i = 0; i < 10; ++i) add_user(3, 7, {7, 8, 9, 10});
  const CalibrationResult calibration = report(4).calibration;
  ASSERT_EQ(calibration.bins.size(), 1U);
  EXPECT_DOUBLE_EQ(calibration.bins[0].observed, 0.25);
  EXPECT_DOUBLE_EQ(calibration.expected_error, 0);
  EXPECT_DOUBLE_EQ(report(2).calibration.expected_error, 0.25);
}

}  // namespace
}  // namespace magpie::batch

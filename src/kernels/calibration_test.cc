#include "kernels/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"

namespace magpie {
namespace {

// Predictions on a grid, so that some are equal; each comes true with probability `truth(prediction)`.
template <typename Truth>
std::vector<Outcome> outcomes_of(std::size_t count, const Truth& truth, Random& random) {
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < count; ++i) {
    const float predicted = static_cast<float>(random.below(101)) / 100;
    outcomes.push_back({predicted, random.uniform() < truth(static_cast<double>(predicted))});
  }
  return outcomes;
}

TEST(ReliabilityBins, HoldEveryOutcomeOnceAndEquallyMany) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 10; ++i) outcomes.push_back({static_cast<float>(9 - i) / 10, i < 5});
  const std::vector<ReliabilityBin> bins = reliability_bins(outcomes, 5);
  ASSERT_EQ(bins.size(), 5U);
  for (const ReliabilityBin& bin : bins) EXPECT_EQ(bin.count, 2U);
  EXPECT_NEAR(bins[0].predicted, 0.05, 1e-6);
  EXPECT_DOUBLE_EQ(bins[0].observed, 0);
  EXPECT_NEAR(bins[4].predicted, 0.85, 1e-6);
  EXPECT_DOUBLE_EQ(bins[4].observed, 1);
}

TEST(ReliabilityBins, NeverDivideEqualPredictions) {
  std::vector<Outcome> outcomes(100, Outcome{0.25F, false});
  outcomes.resize(110, Outcome{0.75F, true});
  const std::vector<ReliabilityBin> bins = reliability_bins(outcomes, 10);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[0].count, 100U);
  EXPECT_EQ(bins[1].count, 10U);
  EXPECT_DOUBLE_EQ(bins[1].observed, 1);
}

TEST(ReliabilityBins, DoNotDependOnTheOrder) {
  Random random(41);
  std::vector<Outcome> outcomes = outcomes_of(500, [](double p) { return p; }, random);
  const std::vector<ReliabilityBin> bins = reliability_bins(outcomes, 7);
  std::ranges::reverse(outcomes);
  const std::vector<ReliabilityBin> again = reliability_bins(outcomes, 7);
  ASSERT_EQ(bins.size(), again.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    EXPECT_EQ(bins[i].count, again[i].count);
    EXPECT_DOUBLE_EQ(bins[i].observed, again[i].observed);
  }
}

TEST(ExpectedCalibrationError, WeighsBinsByTheirSize) {
  const std::vector<ReliabilityBin> bins = {{0.1, 0.2, 30}, {0.9, 0.5, 10}};
  EXPECT_NEAR(expected_calibration_error(bins), (30 * 0.1 + 10 * 0.4) / 40, 1e-12);
  EXPECT_DOUBLE_EQ(expected_calibration_error({}), 0);
}

TEST(ExpectedCalibrationError, OfTrueProbabilitiesIsSmallAndOfFalseOnesIsNot) {
  Random random(42);
  const auto right = outcomes_of(20000, [](double p) { return p; }, random);
  const auto wrong = outcomes_of(20000, [](double p) { return p * p; }, random);
  EXPECT_LT(expected_calibration_error(reliability_bins(right, 10)), 0.02);
  EXPECT_NEAR(expected_calibration_error(reliability_bins(wrong, 10)), 1.0 / 6, 0.02);  // Mean of p - p^2.
}

// The oracle: the min-max formula of isotonic regression, over distinct predictions.
std::vector<double> naive_isotonic(const std::vector<double>& sums, const std::vector<double>& counts) {
  const std::size_t n = sums.size();
  std::vector<double> fit(n);
  for (std::size_t i = 0; i < n; ++i) {
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t first = 0; first <= i; ++first) {
      double lowest = std::numeric_limits<double>::infinity();
      double sum = 0;
      double count = 0;
      for (std::size_t last = first; last < n; ++last) {
        sum += sums[last];
        count += counts[last];
        if (last >= i) lowest = std::min(lowest, sum / count);
      }
      highest = std::max(highest, lowest);
    }
    fit[i] = highest;
  }
  return fit;
}

TEST(FitIsotonic, IsTheSameAsTheMinMaxFormula) {
  Random random(43);
  for (int trial = 0; trial < 20; ++trial) {
    const auto outcomes = outcomes_of(80, [](double p) { return 0.2 + 0.5 * p; }, random);
    std::vector<double> sums(101);
    std::vector<double> counts(101);
    for (const Outcome& outcome : outcomes) {
      const auto at = static_cast<std::size_t>(std::lround(outcome.predicted * 100));
      counts[at] += 1;
      sums[at] += outcome.happened ? 1 : 0;
    }
    std::vector<double> seen_sums;
    std::vector<double> seen_counts;
    for (std::size_t at = 0; at < counts.size(); ++at) {
      if (counts[at] == 0) continue;
      seen_sums.push_back(sums[at]);
      seen_counts.push_back(counts[at]);
    }
    std::vector<double> steps = naive_isotonic(seen_sums, seen_counts);
    steps.erase(std::unique(steps.begin(), steps.end(), [](double a, double b) { return std::abs(a - b) < 1e-9; }),
                steps.end());
    const IsotonicMap map = fit_isotonic(outcomes);
    ASSERT_EQ(map.probability.size(), steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_NEAR(map.probability[i], steps[i], 1e-6);
  }
}

TEST(FitIsotonic, MakesPredictionsComeTrue) {
  Random random(44);
  const auto truth = [](double p) { return 0.3 * p * p; };
  const IsotonicMap map = fit_isotonic(outcomes_of(20000, truth, random));
  std::vector<Outcome> fresh = outcomes_of(20000, truth, random);
  const double before = expected_calibration_error(reliability_bins(fresh, 10));
  for (Outcome& outcome : fresh) outcome.predicted = map(outcome.predicted);
  EXPECT_GT(before, 0.3);
  EXPECT_LT(expected_calibration_error(reliability_bins(fresh, 10)), 0.02);
}

TEST(FitIsotonic, ThePriorTakesCertaintyAwayAndKeepsTheOrder) {
  const std::vector<Outcome> outcomes = {{0.1F, false}, {0.2F, true}};
  const IsotonicMap sure = fit_isotonic(outcomes);
  EXPECT_FLOAT_EQ(sure(0.2F), 1);
  const IsotonicMap careful = fit_isotonic(outcomes, 3);
  EXPECT_FLOAT_EQ(careful(0.1F), 1.5F / 4);
  EXPECT_FLOAT_EQ(careful(0.2F), 2.5F / 4);
}

TEST(FitIsotonic, NothingIsMappedToItself) { EXPECT_FLOAT_EQ(fit_isotonic({})(0.7F), 0.7F); }

}  // namespace
}  // namespace magpie

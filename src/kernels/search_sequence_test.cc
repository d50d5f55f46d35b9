#include "kernels/search_sequence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace magpie {
namespace {

const SearchSpace kPlane{{"x", SearchScale::kLinear, -2, 2}, {"y", SearchScale::kLogarithmic, 0.01, 100}};

// One hill, its top at x = 0.7, y = 3.
double hill(const ParameterValues& at) {
  const double x = at.at("x") - 0.7;
  const double y = std::log10(at.at("y") / 3);
  return 1 - x * x - y * y;
}

struct Walk {
  std::vector<ParameterValues> proposals;
  ParameterValues best;
  double metric = 0;
};

Walk walk(const SearchSpace& space, const SearchSequenceParameters& parameters, std::size_t trials,
          double (*metric)(const ParameterValues&)) {
  SearchSequence sequence(space, parameters);
  Walk result;
  for (std::size_t i = 0; i < trials; ++i) {
    const auto values = sequence.next();
    if (!values) break;
    result.proposals.push_back(*values);
    sequence.record(metric(*values));
  }
  result.best = sequence.best();
  result.metric = sequence.best_metric();
  return result;
}

TEST(RadicalInverse, MirrorsDigits) {
  EXPECT_EQ(radical_inverse(0, 2), 0);
  EXPECT_DOUBLE_EQ(radical_inverse(1, 2), 0.5);
  EXPECT_DOUBLE_EQ(radical_inverse(6, 2), 0.375);       // 110 -> 0.011
  EXPECT_DOUBLE_EQ(radical_inverse(5, 3), 7.0 / 9.0);   // 12 -> 0.21
}

TEST(SearchSequence, BeginsWithTheStartEvenOutsideTheSpace) {
  SearchSequence sequence(kPlane, {{{"x", 5}}, 4, 1});
  EXPECT_EQ(sequence.next(), (ParameterValues{{"x", 5}, {"y", 1}}));
}

TEST(SearchSequence, FindsTheTopOfAHill) {
  const Walk found = walk(kPlane, {{{"x", -2}, {"y", 0.01}}, 12, 42}, 60, hill);
  EXPECT_GT(found.metric, 0.999);
  EXPECT_NEAR(found.best.at("x"), 0.7, 0.05);
  EXPECT_NEAR(std::log10(found.best.at("y") / 3), 0, 0.05);
  EXPECT_EQ(found.metric, hill(found.best));
}

TEST(SearchSequence, ExplorationCoversTheSpaceEvenly) {
  const Walk found = walk(kPlane, {{}, 64, 42}, 65, [](const ParameterValues&) { return 0.0; });
  int quarters[2][2] = {};
  for (std::size_t i = 1; i < found.proposals.size(); ++i) {
    ++quarters[found.proposals[i].at("x") > 0][found.proposals[i].at("y") > 1];
  }
  for (const auto& row : quarters) {
    for (const int count : row) EXPECT_NEAR(count, 16, 3);
  }
}

TEST(SearchSequence, ReplayedMetricsLeadToTheSameProposals) {
  const SearchSequenceParameters parameters{{}, 5, 7};
  const Walk first = walk(kPlane, parameters, 30, hill);
  EXPECT_EQ(walk(kPlane, parameters, 30, hill).proposals, first.proposals);
  EXPECT_NE(walk(kPlane, {{}, 5, 8}, 30, hill).proposals, first.proposals);
}

TEST(SearchSequence, ProposesNothingTwiceAndEndsWhereAllIsTried) {
  const SearchSpace space{{"n", SearchScale::kInteger, 1, 3}, {"c", SearchScale::kInteger, 10, 11}};
  const Walk found = walk(space, {{{"n", 1}, {"c", 10}}, 3, 42}, 100,
                          [](const ParameterValues& at) { return at.at("n") * at.at("c"); });
  EXPECT_EQ(found.proposals.size(), 6U);
  EXPECT_EQ(std::set(found.proposals.begin(), found.proposals.end()).size(), 6U);
  EXPECT_EQ(found.metric, 33);
}

TEST(SearchSequence, TheFirstOfEquallyGoodOnesStays) {
  const Walk found = walk(kPlane, {{{"x", 1}, {"y", 2}}, 5, 3}, 20, [](const ParameterValues&) { return -1.0; });
  EXPECT_EQ(found.best, (ParameterValues{{"x", 1}, {"y", 2}}));
  EXPECT_EQ(found.metric, -1);
}

}  // namespace
}  // namespace magpie

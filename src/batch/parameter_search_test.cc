#include "batch/parameter_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/file.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::batch {
namespace {

using std::chrono::milliseconds;

const SearchSpace kSpace{{"x", SearchScale::kLinear, 0, 1}, {"n", SearchScale::kInteger, 1, 9}};

double hill(const ParameterValues& at) { return -std::pow(at.at("x") - 0.3, 2) - std::pow(at.at("n") - 4, 2) / 50; }

class ParameterSearch : public testing::Test {
 protected:
  ParameterSearch() {
    settings_.context = "data 1";
    settings_.sequence.start = {{"x", 0.9}, {"n", 9}};
    settings_.most_trials = 40;
    settings_.budget = std::chrono::hours(1);
  }

  // A trial takes a second. Fails once `limit` trials were tried.
  Result<ParameterSearchResult> search(std::size_t limit = 1000) {
    const SearchObjective objective = [this, limit](const ParameterValues& at) -> Result<double> {
      if (tried_ >= limit) return unavailable("killed");
      ++tried_;
      clock_.advance(std::chrono::seconds(1));
      return hill(at);
    };
    return search_parameters(kSpace, settings_, objective, clock_, file_);
  }

  static std::vector<ParameterValues> parameters_of(const ParameterSearchResult& result) {
    std::vector<ParameterValues> parameters;
    for (const SearchTrial& trial : result.trials) parameters.push_back(trial.parameters);
    return parameters;
  }

  contract::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "searches" / "hill.jsonl";
  ManualClock clock_{from_unix_ms(1'700'000'000'000)};
  ParameterSearchSettings settings_;
  std::size_t tried_ = 0;
};

TEST_F(ParameterSearch, FindsAKnownOptimum) {
  const auto result = search();
  ASSERT_TRUE(result.ok()) << result.error().to_string();
  EXPECT_EQ(result->trials.size(), 40U);
  EXPECT_EQ(result->trials.front().parameters, settings_.sequence.start);
  EXPECT_NEAR(result->best.at("x"), 0.3, 0.05);
  EXPECT_EQ(result->best.at("n"), 4);
  EXPECT_EQ(result->metric, hill(result->best));
}

TEST_F(ParameterSearch, KilledAfterAnyTrialItEndsAsIfItHadNotBeen) {
  const auto whole = search();
  ASSERT_TRUE(whole.ok());
  for (const std::size_t killed_after : {0U, 1U, 7U, 13U, 39U}) {
    ASSERT_TRUE(magpie::remove_all(file_).ok());
    tried_ = 0;
    EXPECT_EQ(search(killed_after).status().error().code(), ErrorCode::kUnavailable);
    const auto resumed = search();
    ASSERT_TRUE(resumed.ok());
    EXPECT_EQ(tried_, 40U);
    EXPECT_EQ(parameters_of(*resumed), parameters_of(*whole));
    EXPECT_EQ(resumed->best, whole->best);
    EXPECT_EQ(resumed->metric, whole->metric);
  }
}

TEST_F(ParameterSearch, AFinishedSearchTriesNothingAgain) {
  const auto first = search();
  tried_ = 0;
  const auto again = search();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(tried_, 0U);
  EXPECT_EQ(again->best, first->best);
  settings_.most_trials = 45;
  EXPECT_EQ(search()->trials.size(), 45U);
  EXPECT_EQ(tried_, 5U);
}

TEST_F(ParameterSearch, TheBudgetCountsTrialsBeforeAnInterruption) {
  settings_.budget = milliseconds(9'500);
  EXPECT_FALSE(search(4).ok());
  clock_.advance(std::chrono::hours(20));
  const auto result = search();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->trials.size(), 10U);
  EXPECT_EQ(tried_, 10U);
}

TEST_F(ParameterSearch, WithoutBudgetTheStartIsTried) {
  settings_.budget = milliseconds(0);
  const auto result = search();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(parameters_of(*result), std::vector{settings_.sequence.start});
  EXPECT_EQ(result->best, settings_.sequence.start);
}

TEST_F(ParameterSearch, ATornLastLineIsTriedAgain) {
  const auto whole = search();
  const std::string bytes = *read_file(file_);
  const std::size_t last = bytes.rfind('\n', bytes.size() - 2);
  ASSERT_TRUE(write_file_atomically(file_, bytes.substr(0, last + 20)).ok());
  tried_ = 0;
  const auto resumed = search();
  ASSERT_TRUE(resumed.ok()) << resumed.error().to_string();
  EXPECT_EQ(tried_, 1U);
  EXPECT_EQ(resumed->best, whole->best);
  EXPECT_EQ(*read_file(file_), bytes);
}

TEST_F(ParameterSearch, WhatIsDamagedAndAllAfterItIsTriedAgain) {
  const auto whole = search();
  ASSERT_TRUE(whole.ok());
  const std::string bytes = *read_file(file_);
  const auto expect_tried_again = [&](const std::string& damaged, std::size_t trials) {
    ASSERT_TRUE(write_file_atomically(file_, damaged).ok());
    tried_ = 0;
    const auto resumed = search();
    ASSERT_TRUE(resumed.ok()) << resumed.error().to_string();
    EXPECT_EQ(tried_, trials);
    EXPECT_EQ(parameters_of(*resumed), parameters_of(*whole));
    EXPECT_EQ(*read_file(file_), bytes);
  };
  const std::size_t second = bytes.find('\n', bytes.find('\n') + 1) + 1;
  std::string damaged = bytes;
  damaged[second] = '!';
  expect_tried_again(damaged, 39);
  // A line that is missing.
  damaged = bytes;
  damaged.erase(second, damaged.find('\n', second) + 1 - second);
  expect_tried_again(damaged, 39);
  // Other parameters than are proposed after the trials before.
  damaged = bytes;
  damaged.replace(damaged.find("\"x\":", second) + 4, 1, "9");
  expect_tried_again(damaged, 39);
}

TEST_F(ParameterSearch, TrialsOnOtherDataDoNotCount) {
  ASSERT_TRUE(search().ok());
  tried_ = 0;
  settings_.context = "data 2";
  ASSERT_TRUE(search().ok());
  EXPECT_EQ(tried_, 40U);
}

TEST_F(ParameterSearch, AMetricThatIsNoNumberIsAnError) {
  const SearchObjective objective = [](const ParameterValues&) {
    return Result<double>(std::numeric_limits<double>::quiet_NaN());
  };
  const auto result = search_parameters(kSpace, settings_, objective, clock_, file_);
  EXPECT_EQ(result.status().error().code(), ErrorCode::kInternal);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace magpie::batch

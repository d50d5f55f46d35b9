#include "batch/sql_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "batch/sql_texts.h"

namespace magpie::batch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SqlScript, TextsAreNamedAfterTheirFiles) {
  std::set<std::string_view> names;
  for (const SqlText& text : sql_texts()) {
    EXPECT_TRUE(text.text.starts_with("-- ")) << text.name;  // What it is, and what it reads.
    names.insert(text.name);
  }
  EXPECT_TRUE(names.contains("extract/robot_minute"));
  EXPECT_TRUE(names.contains("features/training_examples"));
  EXPECT_EQ(names.size(), sql_texts().size());
}

TEST(SqlScript, ParametersAreReplacedByNumbers) {
  const auto text =
      sql_text("extract/events_in_window", {{"window_start_ms", std::int64_t{-5}}, {"window_end_ms", std::int64_t{7}}});
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("timestamp_ms >= (-5) AND timestamp_ms < 7"));
  EXPECT_THAT(*text, Not(HasSubstr("${")));
}

TEST(SqlScript, ADoubleIsWrittenAsOne) {
  const auto limits = [](double limit) -> SqlParameters {
    return {
        {"largest_rating", limit}, {"largest_value", limit}, {"robust_z", 16.0}, {"robust_z_events", std::int64_t{1}}};
  };
  EXPECT_THAT(*sql_text("extract/value_bounds", limits(0.1)), HasSubstr("THEN 1.0000000000000001e-01 ELSE"));
  EXPECT_EQ(sql_text("extract/value_bounds", limits(std::nan(""))).error().code(), ErrorCode::kInvalidArgument);
}

TEST(SqlScript, WhatIsMissingIsAnError) {
  EXPECT_EQ(sql_text("extract/nothing", {}).error().code(), ErrorCode::kInternal);
  const auto text = sql_text("extract/events_in_window", {{"window_start_ms", std::int64_t{0}}});
  ASSERT_FALSE(text.ok());
  EXPECT_THAT(text.error().message(), HasSubstr("window_end_ms"));
}

TEST(SqlScript, AQueryHasItsViewsInOrder) {
  const SqlParameters window{{"window_start_ms", std::int64_t{0}}, {"window_end_ms", std::int64_t{7}}};
  constexpr std::array<std::string_view, 1> kViews{"events_in_window"};
  const auto query = sql_query("extract", "days", kViews, {{"raw_events", "/raw"}}, window);
  ASSERT_TRUE(query.ok());
  ASSERT_EQ(query->views.size(), 1U);
  EXPECT_EQ(query->views[0].name, "events_in_window");
  EXPECT_THAT(query->views[0].sql, HasSubstr("FROM raw_events"));
  EXPECT_THAT(query->sql, HasSubstr("FROM events_in_window"));
  EXPECT_EQ(query->tables[0].location, "/raw");
}

}  // namespace
}  // namespace magpie::batch

#include "batch/pipeline/cron.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {
namespace {

using std::chrono::minutes;

// As run ids are written.
Timestamp at(const std::string& text) {
  const auto time = scheduled_time(RunId(text));
  EXPECT_TRUE(time.has_value()) << text;
  return time.value_or(Timestamp());
}

std::string next(const std::string& expression, const std::string& after) {
  const auto schedule = CronSchedule::parse(expression);
  EXPECT_TRUE(schedule.ok()) << schedule.status().to_string();
  const auto time = schedule->next_after(at(after));
  return time ? scheduled_run_id(*time).get() : "never";
}

TEST(Cron, DailyAtTwo) {
  EXPECT_EQ(next("0 2 * * *", "2026-11-24T01:59:59Z"), "2026-11-24T02:00:00Z");
  EXPECT_EQ(next("0 2 * * *", "2026-11-24T02:00:00Z"), "2026-11-25T02:00:00Z");
  EXPECT_EQ(next("0 2 * * *", "2026-12-31T02:00:01Z"), "2027-01-01T02:00:00Z");
}

TEST(Cron, EveryMinuteIsAfterAndNotAt) {
  EXPECT_EQ(next("* * * * *", "2026-11-24T23:59:00Z"), "2026-11-25T00:00:00Z");
  EXPECT_EQ(next("* * * * *", "2026-11-24T23:58:59Z"), "2026-11-24T23:59:00Z");
}

TEST(Cron, RangesStepsAndLists) {
  EXPECT_EQ(next("*/15 9-17 * * *", "2026-11-24T09:46:00Z"), "2026-11-24T10:00:00Z");
  EXPECT_EQ(next("*/15 9-17 * * *", "2026-11-24T17:45:00Z"), "2026-11-25T09:00:00Z");
  EXPECT_EQ(next("10-40/15 * * * *", "2026-11-24T09:25:00Z"), "2026-11-24T09:40:00Z");
  EXPECT_EQ(next("5,50,20-21 3 * * *", "2026-11-24T03:05:00Z"), "2026-11-24T03:20:00Z");
  EXPECT_EQ(next("5,50,20-21 3 * * *", "2026-11-24T03:21:00Z"), "2026-11-24T03:50:00Z");
}

TEST(Cron, MonthEnds) {
  EXPECT_EQ(next("0 0 31 * *", "2026-04-01T00:00:00Z"), "2026-05-31T00:00:00Z");
  EXPECT_EQ(next("0 0 30 * *", "2026-01-31T00:00:00Z"), "2026-03-30T00:00:00Z");
  EXPECT_EQ(next("0 0 31 2 *", "2026-01-01T00:00:00Z"), "never");
}

TEST(Cron, LeapDays) {
  EXPECT_EQ(next("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2096-02-29T00:00:00Z"), "2104-02-29T00:00:00Z") << "2100 is no leap year";
}

TEST(Cron, DaysOfTheWeek) {
  // 2026-11-24 is a Tuesday.
  EXPECT_EQ(next("0 6 * * mon-fri", "2026-11-27T06:00:00Z"), "2026-11-30T06:00:00Z");
  EXPECT_EQ(next("0 6 * * 7", "2026-11-24T00:00:00Z"), "2026-11-29T06:00:00Z");
  EXPECT_EQ(next("0 6 * * 0", "2026-11-24T00:00:00Z"), "2026-11-29T06:00:00Z");
  EXPECT_EQ(next("0 6 * * 5-7", "2026-11-28T06:00:00Z"), "2026-11-29T06:00:00Z");
  EXPECT_EQ(next("0 6 * JAN SUN", "2026-11-24T00:00:00Z"), "2027-01-03T06:00:00Z");
}

TEST(Cron, WhereBothDaysAreRestrictedOneIsEnough) {
  EXPECT_EQ(next("0 0 13 * fri", "2026-11-24T00:00:00Z"), "2026-11-27T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * fri", "2026-12-12T00:00:00Z"), "2026-12-13T00:00:00Z");
  EXPECT_EQ(next("0 0 */2 * fri", "2026-11-24T00:00:00Z"), "2026-11-27T00:00:00Z") << "a star restricts nothing";
}

TEST(Cron, WhatIsNoScheduleIsRefused) {
  for (const auto* expression :
       {"",           "* * * *",    "* * * * * *", "60 * * * *",    "* 24 * * *",   "* * 0 * *",  "* * 32 * *",
        "* * * 13 *", "* * * * 8",  "5-1 * * * *", "*/0 * * * *",   "5/10 * * * *", "1, * * * *", ",1 * * * *",
        "a * * * *",  "-1 * * * *", "* * * foo *", "1-2-3 * * * *", "*/ * * * *",   "+1 * * * *", "** * * * *"}) {
    EXPECT_FALSE(CronSchedule::parse(expression).ok()) << expression;
  }
}

// Against a clock that looks at every minute.
TEST(Cron, EqualsANaiveSearch) {
  Random random(5);
  const auto pick = [&random](int first, int last) {
    return first + static_cast<int>(random.below(static_cast<std::uint64_t>(last - first + 1)));
  };
  for (int round = 0; round < 200; ++round) {
    const int minute = pick(0, 59);
    const int hour = pick(0, 23);
    const int weekday = pick(0, 6);
    const std::string expression =
        std::to_string(minute) + " " + std::to_string(hour) + " * * " + std::to_string(weekday);
    const Timestamp start = at("2026-01-01T00:00:00Z") + minutes(pick(0, 500'000));
    Timestamp expected = start + minutes(1);
    const auto fits = [&](Timestamp time) {
      const auto day = std::chrono::floor<std::chrono::days>(time);
      const auto of_day = std::chrono::duration_cast<minutes>(time - day).count();
      return of_day == hour * 60 + minute && std::chrono::weekday(day).c_encoding() == static_cast<unsigned>(weekday);
    };
    while (!fits(expected)) expected += minutes(1);
    EXPECT_EQ(CronSchedule::parse(expression)->next_after(start), expected) << expression;
  }
}

TEST(Due, IsTheNewestMomentThatWasNotServed) {
  const auto daily = *CronSchedule::parse("0 2 * * *");
  const auto start = at("2026-11-20T12:00:00Z");
  EXPECT_EQ(due(daily, std::nullopt, start, at("2026-11-21T01:59:59Z")), std::nullopt);
  EXPECT_EQ(due(daily, std::nullopt, start, at("2026-11-21T02:00:00Z")), at("2026-11-21T02:00:00Z"));
  EXPECT_EQ(due(daily, at("2026-11-21T02:00:00Z"), start, at("2026-11-21T02:00:01Z")), std::nullopt);
  EXPECT_EQ(due(daily, at("2026-11-21T02:00:00Z"), start, at("2026-11-25T03:00:00Z")), at("2026-11-25T02:00:00Z"))
      << "four were missed, one is made up for";
}

}  // namespace
}  // namespace magpie::batch::pipeline

// Each rule of sql/extract/ on either side of its threshold.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "tests/sql/extraction_fixture.h"

namespace magpie::batch {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

class RobotRuleTest : public ExtractionTest {
 protected:
  // The rules that a test is not about reject nobody.
  static ExtractionSettings lenient() {
    ExtractionSettings settings;
    settings.moments_per_minute = 1'000'000;
    settings.moments_per_hour = 1'000'000;
    settings.items_per_hour = 1'000'000;
    settings.round_the_clock_days = 1000;
    settings.dwell = milliseconds(0);
    return settings;
  }
};

TEST_F(RobotRuleTest, MomentsPerMinute) {
  auto settings = lenient();
  settings.moments_per_minute = 10;
  add_views("at_the_limit", 10, minutes(5), seconds(5));
  add_views("above", 11, minutes(5), seconds(5));
  add_views("in_two_minutes", 11, minutes(5) + seconds(30), seconds(4));
  add_views("imported_at_one_time", 500, minutes(5), milliseconds(0));
  for (int n = 0; n < 100; ++n) add("shown_much", "item", kImpression, minutes(5) + milliseconds(501 * n));
  const auto report = extract(settings);
  EXPECT_EQ(count(report, "robot_minute"), (RuleCount{"robot_minute", 11, 1}));
  EXPECT_THAT(clean_users(), ElementsAre("at_the_limit", "imported_at_one_time", "in_two_minutes", "shown_much"));
}

TEST_F(RobotRuleTest, MomentsPerHour) {
  auto settings = lenient();
  settings.moments_per_hour = 20;
  add_views("at_the_limit", 20, hours(5), minutes(2));
  add_views("above", 21, hours(5), minutes(2));
  add_views("in_two_hours", 21, hours(5) + minutes(30), minutes(2));
  add_views("imported_at_one_time", 500, hours(5), milliseconds(0));
  const auto report = extract(settings);
  EXPECT_EQ(count(report, "robot_hour"), (RuleCount{"robot_hour", 21, 1}));
  EXPECT_THAT(clean_users(), ElementsAre("at_the_limit", "imported_at_one_time", "in_two_hours"));
}

TEST_F(RobotRuleTest, ItemsPerHour) {
  auto settings = lenient();
  settings.items_per_hour = 20;
  add_views("at_the_limit", 20, hours(5), seconds(10));
  add_views("above", 21, hours(5), seconds(10));
  add_views("imported_at_one_time", 100, hours(5), milliseconds(0));
  for (int n = 0; n < 100; ++n) add("one_item", "item", kView, hours(5) + seconds(10 * n));
  const auto report = extract(settings);
  EXPECT_EQ(count(report, "robot_items"), (RuleCount{"robot_items", 21, 1}));
  EXPECT_THAT(clean_users(), ElementsAre("at_the_limit", "imported_at_one_time", "one_item"));
}

TEST_F(RobotRuleTest, RoundTheClock) {
  auto settings = lenient();
  settings.round_the_clock_days = 0;
  add_views("every_hour", 24, minutes(30), hours(1));
  add_views("sleeps_an_hour", 23, minutes(30), hours(1));
  add_views("two_half_days", 24, hours(12), hours(1));
  const auto report = extract(settings);
  EXPECT_EQ(count(report, "robot_round_the_clock"), (RuleCount{"robot_round_the_clock", 24, 1}));
  EXPECT_THAT(clean_users(), ElementsAre("sleeps_an_hour", "two_half_days"));

  settings.round_the_clock_days = 1;
  EXPECT_EQ(rejected(extract(settings), "robot_round_the_clock"), 0U);
}

TEST_F(RobotRuleTest, MomentsWithoutDwell) {
  auto settings = lenient();
  settings.dwell = milliseconds(50);
  settings.moments_without_dwell = 8;
  add_views("at_the_limit", 8, minutes(1), milliseconds(49));
  add_views("above", 9, minutes(1), milliseconds(49));
  add_views("across_two_minutes", 9, minutes(1) - milliseconds(100), milliseconds(49));
  add_views("looks_for_50_ms", 9, minutes(1), milliseconds(50));
  add_views("imported_at_one_time", 500, minutes(1), milliseconds(0));
  add_views("imported_in_seconds", 500, minutes(1), seconds(1));
  add_views("pauses", 8, minutes(1), milliseconds(49));
  add_views("pauses", 8, minutes(1) + seconds(1), milliseconds(49));
  const auto report = extract(settings);
  EXPECT_EQ(count(report, "robot_dwell"), (RuleCount{"robot_dwell", 18, 2}));
  EXPECT_THAT(clean_users(),
              ElementsAre("at_the_limit", "imported_at_one_time", "imported_in_seconds", "looks_for_50_ms", "pauses"));
}

TEST_F(RobotRuleTest, ARobotLosesAllItsEvents) {
  auto settings = lenient();
  settings.moments_per_minute = 10;
  add_views("robot", 11, minutes(5), seconds(1));
  add("robot", "item", kImpression, hours(300));
  add("robot", "item", kPurchase, hours(301));
  add("other", "item", kPurchase, hours(301));
  EXPECT_EQ(rejected(extract(settings), "robot_minute"), 13U);
  EXPECT_THAT(clean_users(), ElementsAre("other"));
}

// MovieLens: hundreds of ratings in one sitting, several of one second, all in whole seconds; the most of a user of
// ml-100k is 737, of ml-1m 2314.
TEST_F(ExtractionTest, ImportedRatingsAreNoRobotsByDefault) {
  for (int n = 0; n < 737; ++n) {
    add("sitting", "item" + std::to_string(n), *EventTypes().find("rating"), hours(5) + seconds(n * 2 / 3)).value = 4;
  }
  for (int n = 0; n < 2314; ++n) add("list", "item" + std::to_string(n), kLike, hours(5) + seconds(n / 4));
  const auto report = extract();
  EXPECT_EQ(report.events_kept, 737U + 2314U);
  EXPECT_EQ(report.users_kept, 2U);
}

TEST_F(ExtractionTest, AMachineAtFullSpeedIsARobotByDefault) {
  add_views("machine", 2000, hours(5), milliseconds(20));
  add_views("walker", 4000, hours(5), milliseconds(700));
  add_views("reader", 200, hours(5), seconds(9));
  extract();
  EXPECT_THAT(clean_users(), ElementsAre("reader"));
}

TEST_F(ExtractionTest, TheWindowIsHalfOpen) {
  add("ann", "a", kView, milliseconds(-1));
  add("ann", "b", kView, milliseconds(0));
  add("bob", "c", kView, std::chrono::days(90) - milliseconds(1));
  add("bob", "d", kView, std::chrono::days(90));
  const auto report = extract();
  EXPECT_EQ(count(report, "outside_window"), (RuleCount{"outside_window", 2, 2}));
  EXPECT_THAT(clean_ids(), ElementsAre("e00000001", "e00000002"));
  EXPECT_EQ(report.events_read, 4U);
  EXPECT_EQ(report.users_read, 2U);
  EXPECT_EQ(report.events_kept, 2U);
}

TEST_F(ExtractionTest, KindsThatAreNotConfiguredAreLeftOut) {
  add("ann", "a", *with_a_kind_that_is_not_configured().find("wish"), hours(1));
  add("ann", "a", kView, hours(1));
  EXPECT_EQ(count(extract(), "unknown_kind"), (RuleCount{"unknown_kind", 1, 1}));
  EXPECT_THAT(clean_ids(), ElementsAre("e00000001"));
}

TEST_F(ExtractionTest, ValuesHaveARange) {
  const EventType rating = *EventTypes().find("rating");
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<EventType, double>> kept{{rating, 100}, {rating, -100}, {kPurchase, 1e9}, {kView, 0}};
  const std::vector<std::pair<EventType, double>> dropped{
      {rating, 100.5}, {kPurchase, 1.001e9}, {kPurchase, -1.001e9}, {kView, inf}, {kView, std::nan("")}};
  Duration at(0);
  for (const auto& [type, value] : kept) add("ann", "a", type, at += seconds(1)).value = value;
  for (const auto& [type, value] : dropped) add("bob", "a", type, at += seconds(1)).value = value;
  EXPECT_EQ(count(extract(), "value_range"), (RuleCount{"value_range", 5, 1}));
  EXPECT_THAT(clean_users(), ElementsAre("ann"));
}

// The naive definition, on all values: sorted, with the median and the MAD at the lower middle.
double robust_limit(std::vector<double> values, double z) {
  const auto median_of = [](std::vector<double>& sorted) {
    std::ranges::sort(sorted);
    return sorted[(sorted.size() - 1) / 2];
  };
  for (double& value : values) value = std::round(100 * std::log1p(value));
  const double median = median_of(values);
  for (double& value : values) value = std::abs(value - median);
  return std::expm1((median + z * median_of(values) / 0.6745) / 100);
}

TEST_F(ExtractionTest, ValuesFarFromThoseOfTheirKindAreOutliers) {
  ExtractionSettings settings;
  settings.robust_z = 4;
  Random random(7);
  std::vector<double> values;
  for (int n = 0; n < 1000; ++n) values.push_back(std::exp(1 + 3 * random.uniform()));
  const double limit = robust_limit(values, settings.robust_z);
  values.push_back(limit * 0.999);  // One value more moves neither the median nor the MAD by a step.
  values.push_back(limit * 1.001);
  for (std::size_t n = 0; n < values.size(); ++n) {
    add("ann" + std::to_string(n), "a", kPurchase, seconds(n)).value = values[n];
  }
  add("free", "a", kPurchase, seconds(1)).value = 0;                    // Zero says nothing, and is no outlier.
  for (int n = 0; n < 999; ++n) add("few", "a", kClick, seconds(n)).value = n == 5 ? 1e6 : 1;
  const auto report = extract(settings);
  const auto expected = std::ranges::count_if(values, [&](double v) { return v > robust_limit(values, 4); });
  EXPECT_EQ(rejected(report, "value_outlier"), static_cast<std::uint64_t>(expected));
  EXPECT_EQ(expected, 1);
  const auto users = clean_users();
  EXPECT_TRUE(std::ranges::binary_search(users, "ann1000"));
  EXPECT_FALSE(std::ranges::binary_search(users, "ann1001"));
  EXPECT_TRUE(std::ranges::binary_search(users, "few"));
}

TEST_F(ExtractionTest, OrdinaryAmountsAreNoOutliersByDefault) {
  Random random(8);
  for (int n = 0; n < 3000; ++n) {
    add("ann", "a", kPurchase, seconds(n)).value = std::exp(3 + 1.5 * random.normal());  // 20, some of 3000.
  }
  for (int n = 0; n < 1500; ++n) add("bob", "b", *EventTypes().find("rating"), seconds(n)).value = 1 + n % 5;
  EXPECT_EQ(rejected(extract(), "value_outlier"), 0U);
}

TEST_F(ExtractionTest, TheEarliestOfARepeatedIdStays) {
  const Event first = add("ann", "a", kView, hours(2));
  Event& again = add("ann", "b", kView, hours(3));
  again.id = first.id;
  Event& earliest = add("ann", "c", kView, hours(1));
  earliest.id = first.id;
  add("bob", "a", kView, hours(1));
  const auto report = extract();
  EXPECT_EQ(count(report, "repeated_id"), (RuleCount{"repeated_id", 2, 1}));
  const auto events = clean_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].item, ItemId("c"));
}

TEST_F(ExtractionTest, OfExactCopiesOneStays) {
  for (int n = 0; n < 5; ++n) add("ann", "a", kView, hours(2)).id = EventId("same");
  EXPECT_EQ(rejected(extract(), "repeated_id"), 4U);
  EXPECT_THAT(clean_ids(), ElementsAre("same"));
}

TEST_F(ExtractionTest, OfOneIdAndTimeTheFirstByContentStays) {
  for (const char* item : {"c", "a", "b"}) add("ann", item, kView, hours(2)).id = EventId("same");
  extract();
  ASSERT_EQ(clean_events().size(), 1U);
  EXPECT_EQ(clean_events()[0].item, ItemId("a"));
}

TEST_F(ExtractionTest, TheSameActionWithinHalfASecondIsOne) {
  add("ann", "a", kClick, hours(1));
  add("ann", "a", kClick, hours(1) + milliseconds(500));
  add("bob", "a", kClick, hours(1));
  add("bob", "a", kClick, hours(1) + milliseconds(501));
  add("eve", "a", kClick, hours(2));
  add("eve", "a", kView, hours(2) + milliseconds(1));
  add("eve", "b", kClick, hours(2) + milliseconds(1));
  const auto report = extract();
  EXPECT_EQ(count(report, "repeated_action"), (RuleCount{"repeated_action", 1, 1}));
  EXPECT_THAT(clean_ids(), ElementsAre("e00000000", "e00000002", "e00000003", "e00000004", "e00000005", "e00000006"));
}

TEST_F(ExtractionTest, ARowOfNearActionsIsOne) {
  for (int n = 0; n < 6; ++n) add("ann", "a", kClick, hours(1) + milliseconds(400 * n));
  EXPECT_EQ(rejected(extract(), "repeated_action"), 5U);
  EXPECT_THAT(clean_ids(), ElementsAre("e00000000"));
}

TEST_F(ExtractionTest, AnItemShownByTwoRequestsIsShownTwice) {
  add("ann", "a", kImpression, hours(1)).request = RequestId("r1");
  add("ann", "a", kImpression, hours(1) + milliseconds(1)).request = RequestId("r2");
  add("ann", "a", kImpression, hours(1) + milliseconds(2)).request = RequestId("r1");
  extract();
  EXPECT_THAT(clean_ids(), ElementsAre("e00000000", "e00000001"));
}

// The later copy of an id is no event, so it must not make others (or itself) a repeated action.
TEST_F(ExtractionTest, CopiesOfAnIdRepeatNoAction) {
  const Event first = add("ann", "a", kClick, hours(1));
  Event& copy = add("ann", "a", kClick, hours(1) + milliseconds(300));
  copy.id = first.id;
  add("ann", "a", kClick, hours(1) + milliseconds(700));  // 700 ms after the first, 400 ms after its copy.
  const auto report = extract();
  EXPECT_EQ(rejected(report, "repeated_id"), 1U);
  EXPECT_EQ(rejected(report, "repeated_action"), 0U);
  EXPECT_THAT(clean_ids(), ElementsAre("e00000000", "e00000002"));
}

}  // namespace
}  // namespace magpie::batch

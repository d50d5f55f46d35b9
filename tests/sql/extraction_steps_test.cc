// The steps of extraction: against a naive oracle, again, in parts, from history.
#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "adapters/embedded/duck_history_store.h"
#include "base/random.h"
#include "tests/sql/extraction_fixture.h"
#include "tests/sql/table_bytes.h"

namespace magpie::batch {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// Few users and items, and times so near to each other that every rule finds something.
void add_random_events(std::vector<Event>& events, std::uint64_t seed, std::size_t count) {
  Random random(seed);
  const EventType types[] = {kView, kClick, kImpression};
  for (std::size_t n = 0; n < count; ++n) {
    Event event;
    event.id = EventId("e" + std::to_string(random.below(count * 4)));
    event.user = UserId("u" + std::to_string(random.below(1 + random.below(12))));  // The first are the busiest.
    event.item = ItemId("i" + std::to_string(random.below(2)));
    event.type = types[random.below(3)];
    // One draw a statement: the order of draws within one is the compiler's.
    const auto day = days(random.below(3));
    const auto burst = milliseconds(random.below(8) * 20'000);
    const std::uint64_t width = random.below(5) == 0 ? 500 : 3000;
    event.time = kMidnight + day + burst + milliseconds(random.below(width));
    event.value = static_cast<double>(random.below(3)) * 60;
    if (event.type == kImpression) event.request = RequestId("r" + std::to_string(random.below(2)));
    events.push_back(std::move(event));
  }
}

ExtractionSettings strict() {
  ExtractionSettings settings;
  settings.moments_per_minute = 15;
  settings.moments_per_hour = 34;
  settings.items_per_hour = 1000;
  settings.round_the_clock_days = 1000;
  settings.dwell = milliseconds(200);
  settings.moments_without_dwell = 4;
  settings.largest_value = 100;
  settings.repeat = milliseconds(300);
  return settings;
}

// Extraction as its documentation says it, one rule after the other, with loops.
class Oracle {
 public:
  Oracle(std::vector<Event> events, const ExtractionSettings& settings) : settings_(settings) {
    std::ranges::sort(events, [](const Event& a, const Event& b) { return key(a) < key(b); });
    find_robots(events);
    std::set<EventId> seen;
    std::map<std::tuple<UserId, ItemId, EventType, RequestId>, Timestamp> last;
    for (const Event& event : events) {
      if (event.value > settings_.largest_value || robots_.contains(event.user)) continue;
      if (!seen.insert(event.id).second) continue;
      const RequestId request = event.type == kImpression ? event.request : RequestId();
      const auto [before, first] = last.try_emplace({event.user, event.item, event.type, request}, event.time);
      const bool repeated = !first && event.time - before->second <= settings_.repeat;
      before->second = event.time;
      if (!repeated) clean_.push_back(event);
    }
  }
  [[nodiscard]] const std::vector<Event>& clean() const { return clean_; }

 private:
  static std::tuple<Timestamp, EventId, UserId, ItemId, std::string, double, RequestId> key(const Event& event) {
    return {event.time, event.id, event.user, event.item, EventTypes()[event.type].name, event.value, event.request};
  }

  void find_robots(const std::vector<Event>& events) {
    std::map<UserId, std::set<Timestamp>> moments;
    for (const Event& event : events) {
      if (is_interaction(event.type)) moments[event.user].insert(event.time);
    }
    for (const auto& [user, times] : moments) {
      if (most_within(times, std::chrono::minutes(1)) > settings_.moments_per_minute ||
          most_within(times, std::chrono::hours(1)) > settings_.moments_per_hour ||
          longest_row(times) > settings_.moments_without_dwell) {
        robots_.insert(user);
      }
    }
  }
  static std::size_t most_within(const std::set<Timestamp>& times, Duration unit) {
    std::map<std::int64_t, std::size_t> counts;
    std::size_t most = 0;
    for (const Timestamp time : times) most = std::max(most, ++counts[to_unix_ms(time) / unit.count()]);
    return most;
  }
  [[nodiscard]] std::size_t longest_row(const std::set<Timestamp>& times) const {
    std::size_t longest = 0;
    std::size_t row = 0;
    std::optional<Timestamp> before;
    for (const Timestamp time : times) {
      row = before && time - *before < settings_.dwell ? row + 1 : 1;
      longest = std::max(longest, row);
      before = time;
    }
    return longest;
  }

  const ExtractionSettings settings_;
  std::set<UserId> robots_;
  std::vector<Event> clean_;
};

TEST_F(ExtractionTest, AgreesWithANaiveOracle) {
  std::map<std::string, std::uint64_t> found;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    events_.clear();
    add_random_events(events_, seed, 700);
    const auto report = extract(strict());
    const Oracle oracle(events_, strict());
    EXPECT_EQ(clean_events(), oracle.clean()) << "seed " << seed;
    EXPECT_EQ(report.events_kept, oracle.clean().size());
    // There was something to find, and something to keep.
    for (const char* rule :
         {"value_range", "robot_minute", "robot_hour", "robot_dwell", "repeated_id", "repeated_action"}) {
      found[rule] += rejected(report, rule);
    }
    EXPECT_GT(report.users_kept, 3U);
  }
  for (const auto& [rule, events] : found) EXPECT_GT(events, 0U) << rule;
}

TEST_F(ExtractionTest, StepsAreIdempotentAndDeterministic) {
  add_random_events(events_, 3, 5000);
  extract(strict());
  const auto clean_bytes = bytes_of(clean());
  const auto filtered_bytes = bytes_of(analytics_.path("filtered"));
  ASSERT_FALSE(clean_bytes.empty());

  extract(strict());
  EXPECT_EQ(bytes_of(clean()), clean_bytes);
  EXPECT_EQ(bytes_of(analytics_.path("filtered")), filtered_bytes);

  // In another order of the rows, by more threads.
  contract::ScratchAnalytics threads(3);
  std::ranges::reverse(events_);
  write_raw();
  ASSERT_TRUE(filter_raw(*threads, raw(), kWindow, strict(), threads.path("filtered")).ok());
  ASSERT_TRUE(write_clean(*threads, raw(), threads.path("filtered"), kWindow, strict(), threads.path("clean")).ok());
  EXPECT_EQ(bytes_of(threads.path("clean")), clean_bytes);
  EXPECT_EQ(bytes_of(threads.path("filtered")), filtered_bytes);
}

TEST_F(ExtractionTest, PartsAreWholeDaysAndHoldTheSameEvents) {
  add_random_events(events_, 4, 3000);
  extract(strict());
  const auto whole = clean_events();
  EXPECT_EQ(bytes_of(clean() / kCleanEvents).size(), 1U);

  auto settings = strict();
  settings.events_per_file = 1;
  extract(settings);
  EXPECT_EQ(clean_events(), whole);
  EXPECT_EQ(bytes_of(clean() / kCleanEvents).size(), 3U);

  extract(strict());  // Fewer parts than before.
  EXPECT_EQ(clean_events(), whole);
}

TEST_F(ExtractionTest, NothingInNothingOut) {
  const auto report = extract();
  EXPECT_EQ(report.events_read, 0U);
  EXPECT_EQ(report.events_kept, 0U);
  EXPECT_EQ(report.rules.size(), 11U);
  EXPECT_TRUE(clean_events().empty());
}

TEST_F(ExtractionTest, TheReportIsInBothDirectories) {
  add_views("ann", 3, milliseconds(0), std::chrono::seconds(9));
  add("ann", "z", kView, milliseconds(-1));
  const auto report = extract();
  const auto text = read_file(clean() / kExtractionReport);
  ASSERT_TRUE(text.ok());
  const auto parsed = parse_extraction_report(*text);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(to_json(*parsed), to_json(report));
  EXPECT_EQ(parsed->rules, report.rules);
  EXPECT_EQ(parsed->events_kept, 3U);

  const auto before = parse_extraction_report(*read_file(analytics_.path("filtered") / kExtractionReport));
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->events_read, 4U);
  EXPECT_EQ(before->events_kept, 0U);
}

TEST_F(ExtractionTest, ADamagedReportIsRefused) {
  EXPECT_EQ(parse_extraction_report("{").error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(parse_extraction_report("{\"format\": 1}").error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(parse_extraction_report("{\"format\": 9}").error().code(), ErrorCode::kFailedPrecondition);
}

TEST_F(ExtractionTest, SettingsThatMakeNoSenseAreRefused) {
  write_raw();
  auto settings = ExtractionSettings();
  settings.dwell = std::chrono::seconds(1);  // 100 in a row would take longer than the minute that the rule looks at.
  EXPECT_EQ(filter_raw(*analytics_, raw(), kWindow, settings, analytics_.path("f")).error().code(),
            ErrorCode::kInvalidArgument);
  settings = {};
  settings.repeat = milliseconds(0);
  EXPECT_EQ(filter_raw(*analytics_, raw(), kWindow, settings, analytics_.path("f")).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST_F(ExtractionTest, StepsWithoutTheStepBeforeAreNotFound) {
  EXPECT_EQ(filter_raw(*analytics_, raw(), kWindow, {}, analytics_.path("f")).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(write_clean(*analytics_, raw(), analytics_.path("f"), kWindow, {}, clean()).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(ExtractionTest, ReadsHistoryCatalogueAndKinds) {
  const EventTypes types;
  auto history = embedded::DuckHistoryStore::open(analytics_.path("history"), types);
  ASSERT_TRUE(history.ok());
  add_views("ann", 5, milliseconds(0), std::chrono::seconds(9));
  std::vector<LoggedEvent> logged;
  for (const Event& event : events_) logged.push_back({logged.size(), event});
  ASSERT_TRUE((*history)->append(0, logged, logged.size()).ok());
  Item item;
  item.id = ItemId("item0");
  item.categories = {"Drama", "War"};
  const auto catalogue = CatalogueSnapshot().with({item}, {});

  ASSERT_TRUE(read_raw(**history, *catalogue, types, *analytics_, kWindow, raw()).ok());
  const auto report = filter_raw(*analytics_, raw(), kWindow, {}, analytics_.path("filtered"));
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  EXPECT_EQ(report->events_read, 5U);
  ASSERT_TRUE(write_clean(*analytics_, raw(), analytics_.path("filtered"), kWindow, {}, clean()).ok());
  EXPECT_EQ(clean_events(), events_);
  std::size_t items = 0;
  const AnalyticsQuery all{{{"items", raw() / kRawItems}}, {}, "SELECT * FROM items"};
  ASSERT_TRUE(analytics_
                  ->visit(all,
                          [&](const AnalyticsRows& rows) {
                            items += rows.size();
                            EXPECT_EQ(rows.get<TextColumn>("item_id")[0], "item0");
                            EXPECT_EQ(rows.get<ListColumn>("categories")[0], item.categories);
                            EXPECT_EQ(rows.get<RealColumn>("price")[0], std::nullopt);
                            return ok_status();
                          })
                  .ok());
  EXPECT_EQ(items, 1U);
}

}  // namespace
}  // namespace magpie::batch

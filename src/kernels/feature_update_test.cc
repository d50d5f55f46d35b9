#include "kernels/feature_update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/random.h"

namespace magpie {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

Event event(const std::string& id, EventType type, const std::string& item, Timestamp time,
            std::vector<std::string> categories = {}) {
  Event made;
  made.id = EventId(id);
  made.user = UserId("u");
  made.item = ItemId(item);
  made.type = type;
  made.time = time;
  made.categories = std::move(categories);
  return made;
}

UserState apply_all(const std::vector<Event>& events) {
  UserState state;
  for (const Event& each : events) apply_to_user(state, each);
  return state;
}

std::string encoded(const UserState& state) {
  std::string bytes;
  encode_user_state(state, EventTypes::defaults(), bytes);
  return bytes;
}

// The oracle: a state recomputed from the full set of events, by the words of model/user_state.h alone.
class Oracle {
 public:
  static UserState recompute(const std::vector<Event>& events) {
    Oracle oracle(events);
    UserState state;
    for (const Event* each : oracle.keep(true, kMaxInteractions)) oracle.remember(state, state.interactions, *each);
    for (const Event* each : oracle.keep(false, kMaxImpressions)) oracle.remember(state, state.impressions, *each);
    return state;
  }

 private:
  explicit Oracle(const std::vector<Event>& events) {
    for (const Event& each : events) by_id_.emplace(each.id.get(), &each);
    for (const auto& [id, each] : by_id_) newest_ = std::max(newest_, each->time);
  }

  std::vector<const Event*> keep(bool interactions, std::size_t limit) const {
    std::map<std::pair<Timestamp, std::uint64_t>, const Event*> ordered;
    for (const auto& [id, each] : by_id_) {
      if (is_interaction(each->type) != interactions || newest_ - each->time >= kFeatureTtl) continue;
      ordered.emplace(std::pair(each->time, hash64(id)), each);
    }
    std::vector<const Event*> kept;
    for (auto each = ordered.rbegin(); each != ordered.rend() && kept.size() < limit; ++each) {
      kept.push_back(each->second);
    }
    return kept;
  }

  // Events come newest first, interactions before impressions.
  static void remember(UserState& state, std::vector<StateEvent>& list, const Event& each) {
    auto item = std::find_if(state.items.begin(), state.items.end(),
                             [&each](const StateItem& known) { return known.id == each.item; });
    if (item == state.items.end()) {
      const auto categories = is_interaction(each.type) ? each.categories : std::vector<std::string>();
      item = state.items.insert(item, {each.item, hash64(each.item.get()), categories});
    }
    list.push_back(
        {each.time, hash64(each.id.get()), static_cast<std::uint32_t>(item - state.items.begin()), each.type});
  }

  std::map<std::string, const Event*> by_id_;
  Timestamp newest_ = kMinTimestamp;
};

struct Traffic {
  std::size_t events = 0;
  std::size_t items = 0;
  Duration span{0};        // Of the events' times, which are multiples of `tick`: small spans give ties.
  Duration tick{1};
  double impressions = 0;  // Their share.
};

std::vector<Event> random_events(const Traffic& traffic, Random& random) {
  std::vector<Event> events;
  const auto ticks = static_cast<std::uint64_t>(traffic.span / traffic.tick) + 1;
  for (std::size_t i = 0; i < traffic.events; ++i) {
    const bool shown = random.uniform() < traffic.impressions;
    const EventType type = shown ? kImpression : EventType(static_cast<std::uint8_t>(random.below(6)));
    const Timestamp time = kNow - traffic.tick * static_cast<std::int64_t>(random.below(ticks));
    std::vector<std::string> categories;
    for (auto count = random.below(4); count > 0; --count) categories.push_back("c" + std::to_string(random.below(9)));
    events.push_back(event("e" + std::to_string(i), type, "item" + std::to_string(random.below(traffic.items)), time,
                           std::move(categories)));
  }
  return events;
}

void shuffle(std::vector<Event>& events, Random& random) {
  for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[random.below(i)]);
}

// Some events come again, anywhere.
std::vector<Event> with_duplicates(std::vector<Event> events, Random& random) {
  const std::size_t count = events.size();
  for (std::size_t i = 0; i < count / 3; ++i) events.push_back(Event(events[random.below(count)]));
  return events;
}

class FeatureUpdateProperty : public ::testing::TestWithParam<Traffic> {};

TEST_P(FeatureUpdateProperty, EveryOrderGivesTheOraclesState) {
  const EventTypes types;
  Random random(17);
  for (int round = 0; round < 6; ++round) {
    auto events = random_events(GetParam(), random);
    const UserState expected = Oracle::recompute(events);
    const std::string expected_bytes = encoded(expected);
    for (int order = 0; order < 3; ++order) {
      auto stream = with_duplicates(events, random);
      shuffle(stream, random);
      const UserState state = apply_all(stream);
      ASSERT_EQ(state, expected);
      ASSERT_EQ(encoded(state), expected_bytes);
    }
    const auto by_time = [](const Event& a, const Event& b) { return a.time < b.time; };
    std::sort(events.begin(), events.end(), by_time);
    ASSERT_EQ(apply_all(events), expected);
    std::reverse(events.begin(), events.end());
    ASSERT_EQ(apply_all(events), expected);
    const auto decoded = decode_user_state(expected_bytes, types);
    ASSERT_TRUE(decoded.ok()) << decoded.error().to_string();
    ASSERT_EQ(*decoded, expected);
  }
}

TEST_P(FeatureUpdateProperty, ApplyingAgainChangesNothing) {
  Random random(18);
  auto events = random_events(GetParam(), random);
  UserState state = apply_all(events);
  const UserState before = state;
  shuffle(events, random);
  for (const Event& each : events) EXPECT_NE(apply_to_user(state, each), Applied::kNew);
  EXPECT_EQ(state, before);
}

INSTANTIATE_TEST_SUITE_P(
    Traffic, FeatureUpdateProperty,
    ::testing::Values(Traffic{.events = 40, .items = 10, .span = hours(3), .impressions = 0.3},
                      Traffic{.events = 60, .items = 5, .span = seconds(5), .tick = seconds(1), .impressions = 0.5},
                      Traffic{.events = 120, .items = 30, .span = days(21), .impressions = 0.3},
                      Traffic{.events = 400, .items = 40, .span = days(8), .tick = days(1), .impressions = 0.8},
                      Traffic{.events = 900, .items = 60, .span = days(7), .impressions = 0.9},
                      Traffic{.events = 1500, .items = 700, .span = days(6), .impressions = 0.1},
                      Traffic{.events = 1500, .items = 50, .span = days(14), .tick = hours(6), .impressions = 0}));

TEST(FeatureUpdate, SaysWhatItDid) {
  UserState state;
  EXPECT_EQ(apply_to_user(state, event("a", kView, "x", kNow)), Applied::kNew);
  EXPECT_EQ(apply_to_user(state, event("a", kView, "x", kNow)), Applied::kDuplicate);
  EXPECT_EQ(apply_to_user(state, event("b", kView, "x", kNow - kFeatureTtl + Duration(1))), Applied::kNew);
  EXPECT_EQ(apply_to_user(state, event("c", kView, "x", kNow - kFeatureTtl)), Applied::kLate);
  EXPECT_EQ(state.interactions.size(), 2U);
}

TEST(FeatureUpdate, AnIdSeenBeforeChangesNothingWhateverItCarries) {
  UserState state = apply_all({event("a", kView, "x", kNow), event("i", kImpression, "y", kNow)});
  const UserState before = state;
  EXPECT_EQ(apply_to_user(state, event("a", kPurchase, "z", kNow + hours(1))), Applied::kDuplicate);
  EXPECT_EQ(apply_to_user(state, event("i", kClick, "z", kNow + hours(1))), Applied::kDuplicate);
  EXPECT_EQ(state, before);
}

TEST(FeatureUpdate, ANewerImpressionExpiresInteractionsToo) {
  const UserState state = apply_all({event("a", kView, "x", kNow), event("b", kImpression, "y", kNow + kFeatureTtl)});
  EXPECT_TRUE(state.interactions.empty());
  ASSERT_EQ(state.items.size(), 1U);
  EXPECT_EQ(state.items[0].id, ItemId("y"));
}

TEST(FeatureUpdate, CategoriesAreThoseOfTheNewestInteraction) {
  const auto newest = event("a", kView, "x", kNow, {"new"});
  const auto older = event("b", kClick, "x", kNow - hours(1), {"old"});
  const auto shown = event("c", kImpression, "x", kNow + hours(1), {"shown"});
  for (const auto& order : {std::vector{newest, older, shown}, std::vector{shown, older, newest}}) {
    EXPECT_EQ(apply_all(order).items.at(0).categories, std::vector<std::string>{"new"});
  }
}

TEST(FeatureUpdate, AnItemThatIsOnlyShownAnyMoreHasNoCategories) {
  std::vector<Event> events{event("first", kView, "x", kNow, {"c"}), event("shown", kImpression, "x", kNow)};
  for (std::size_t i = 0; i < kMaxInteractions; ++i) {
    events.push_back(event("e" + std::to_string(i), kView, "y", kNow + seconds(1)));
  }
  const UserState state = apply_all(events);
  ASSERT_EQ(state.items.size(), 2U);
  EXPECT_EQ(state.items[1].id, ItemId("x"));
  EXPECT_TRUE(state.items[1].categories.empty());
  std::reverse(events.begin(), events.end());
  EXPECT_EQ(apply_all(events), state);
}

TEST(FeatureUpdate, AFullStateRefusesWhatIsOlder) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < kMaxInteractions; ++i) {
    events.push_back(event("e" + std::to_string(i), kView, "item" + std::to_string(i), kNow + seconds(i)));
  }
  UserState state = apply_all(events);
  EXPECT_TRUE(state.saturated());
  EXPECT_EQ(apply_to_user(state, event("old", kView, "x", kNow - seconds(1))), Applied::kLate);
  EXPECT_EQ(apply_to_user(state, event("new", kView, "x", kNow + days(1))), Applied::kNew);
  EXPECT_EQ(state.interactions.size(), kMaxInteractions);
  EXPECT_EQ(state.items.size(), kMaxInteractions);
  EXPECT_EQ(state.items.front().id, ItemId("x"));
  EXPECT_EQ(state.items.back().id, ItemId("item1"));
}

TEST(RealTimeFeatures, OfNobodyAreEmpty) {
  const RealTimeFeatures features = real_time_features(UserState(), EventTypes(), kNow);
  EXPECT_TRUE(features.last_items.empty());
  EXPECT_FALSE(features.last_action);
  EXPECT_EQ(features.session_duration, Duration(0));
  EXPECT_EQ(features.last_week, WindowCounts());
  EXPECT_TRUE(features.category_affinity.empty());
}

TEST(RealTimeFeatures, LastItemsAreDistinctAndNewestFirst) {
  std::vector<Event> events;
  const std::vector<std::string> items{"a", "b", "a", "c", "d", "e", "f", "f"};
  for (std::size_t i = 0; i < items.size(); ++i) {
    events.push_back(event("e" + std::to_string(i), kView, items[i], kNow + seconds(i)));
  }
  events.push_back(event("shown", kImpression, "z", kNow + seconds(30)));
  const auto features = real_time_features(apply_all(events), EventTypes(), kNow + minutes(1));
  EXPECT_EQ(features.last_items, (std::vector{ItemId("f"), ItemId("e"), ItemId("d"), ItemId("c"), ItemId("a")}));
  EXPECT_EQ(features.last_action, kNow + seconds(7));
}

TEST(RealTimeFeatures, ASessionEndsWithAGapOfThirtyMinutes) {
  const UserState state =
      apply_all({event("a", kView, "x", kNow), event("b", kView, "x", kNow + minutes(30)),
                 event("c", kView, "x", kNow + minutes(59)), event("d", kImpression, "x", kNow + minutes(80))});
  EXPECT_EQ(real_time_features(state, EventTypes(), kNow + hours(1)).session_duration, minutes(29));
  const UserState one = apply_all({event("a", kView, "x", kNow)});
  EXPECT_EQ(real_time_features(one, EventTypes(), kNow).session_duration, Duration(0));
}

TEST(RealTimeFeatures, WindowsAreHalfOpen) {
  const UserState state =
      apply_all({event("now", kView, "x", kNow), event("ahead", kClick, "x", kNow + minutes(2)),
                 event("hour", kView, "x", kNow - hours(1)), event("day", kPurchase, "x", kNow - hours(24)),
                 event("shown", kImpression, "x", kNow - minutes(59))});
  const auto features = real_time_features(state, EventTypes(), kNow);
  EXPECT_EQ(features.last_hour.by_type[kView.get()], 1U);
  EXPECT_EQ(features.last_hour.by_type[kClick.get()], 1U);
  EXPECT_EQ(features.last_hour.by_type[kImpression.get()], 1U);
  EXPECT_EQ(features.last_day.by_type[kView.get()], 2U);
  EXPECT_EQ(features.last_day.by_type[kPurchase.get()], 0U);
  EXPECT_EQ(features.last_week.by_type[kPurchase.get()], 1U);
}

TEST(RealTimeFeatures, ExpiredEventsDoNotCount) {
  const UserState state = apply_all({event("a", kPurchase, "x", kNow, {"c"}), event("b", kImpression, "x", kNow)});
  const auto before = real_time_features(state, EventTypes(), kNow + kFeatureTtl - Duration(1));
  EXPECT_EQ(before.last_week.by_type[kPurchase.get()], 1U);
  EXPECT_EQ(before.last_items.size(), 1U);
  const auto after = real_time_features(state, EventTypes(), kNow + kFeatureTtl);
  EXPECT_TRUE(after.last_items.empty());
  EXPECT_FALSE(after.last_action);
  EXPECT_EQ(after.last_week, WindowCounts());
  EXPECT_TRUE(after.category_affinity.empty());
}

TEST(RealTimeFeatures, AffinityIsDecayedWeight) {
  const UserState state =
      apply_all({event("a", kPurchase, "x", kNow - kAffinityHalfLife, {"films", "drama"}),
                 event("b", kView, "y", kNow, {"films"}), event("c", kDislike, "z", kNow, {"war"}),
                 event("d", kLike, "w", kNow, {"drama"}), event("f", kClick, "v", kNow, {"b", "a"})});
  const auto affinity = real_time_features(state, EventTypes(), kNow).category_affinity;
  ASSERT_EQ(affinity.size(), 4U);
  EXPECT_EQ(affinity[0].category, "drama");
  EXPECT_DOUBLE_EQ(affinity[0].weight, 9);  // 8 / 2 + 5
  EXPECT_EQ(affinity[1].category, "films");
  EXPECT_DOUBLE_EQ(affinity[1].weight, 5);  // 8 / 2 + 1
  EXPECT_EQ(affinity[2].category, "a");     // A tie, by name.
  EXPECT_EQ(affinity[3].category, "b");
}

TEST(RealTimeFeatures, AFullWeekIsSaturatedUntilItsOldEndExpires) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < kMaxInteractions; ++i) {
    events.push_back(event("e" + std::to_string(i), kView, "x", kNow + seconds(i)));
  }
  const UserState state = apply_all(events);
  EXPECT_TRUE(real_time_features(state, EventTypes(), kNow + hours(1)).saturated);
  EXPECT_FALSE(real_time_features(state, EventTypes(), kNow + kFeatureTtl).saturated);
}

// Item statistics recomputed from all events, in plain maps.
void expect_stats_of(const std::vector<Event>& events, const ItemStats& stats) {
  std::map<std::pair<std::int64_t, EventType>, std::uint32_t> counts;
  std::array<std::uint64_t, kMaxEventTypes> total{};
  std::int64_t newest = 0;
  std::pair<Timestamp, std::vector<std::string>> categories{kMinTimestamp, {}};
  for (const Event& each : events) {
    const std::int64_t hour = to_unix_ms(each.time) / 3'600'000;
    ++counts[{hour, each.type}];
    ++total[each.type.get()];
    newest = std::max(newest, hour);
    categories = std::max(categories, {each.time, each.categories});
  }
  std::vector<StatsBucket> buckets;
  for (const auto& [key, count] : counts) {
    if (newest - key.first < 168) buckets.push_back({key.first, key.second, count});
  }
  EXPECT_EQ(stats.buckets, buckets);
  EXPECT_EQ(stats.total, total);
  EXPECT_EQ(stats.categories, categories.second);
  EXPECT_EQ(stats.categories_time, categories.first);
}

TEST(ItemStats, EveryOrderGivesTheOraclesStatistics) {
  const EventTypes types;
  Random random(19);
  for (const Duration span : {Duration(hours(5)), Duration(days(30))}) {
    auto events =
        random_events({.events = 300, .items = 1, .span = span, .tick = minutes(10), .impressions = 0.5}, random);
    std::set<std::string> encodings;
    for (int order = 0; order < 5; ++order) {
      shuffle(events, random);
      ItemStats stats;
      for (const Event& each : events) apply_to_item(stats, each);
      expect_stats_of(events, stats);
      std::string bytes;
      encode_item_stats(stats, types, bytes);
      encodings.insert(bytes);
    }
    EXPECT_EQ(encodings.size(), 1U);
  }
}

TEST(ItemStats, HoursBefore1970RoundDown) {
  ItemStats stats;
  apply_to_item(stats, event("a", kView, "x", from_unix_ms(-1)));
  EXPECT_EQ(stats.buckets.at(0).hour, -1);
}

TEST(TrendingScore, IsDecayedWeightedCount) {
  const Timestamp hour = std::chrono::floor<hours>(kNow);
  ItemStats stats;
  apply_to_item(stats, event("a", kPurchase, "x", hour));
  apply_to_item(stats, event("b", kView, "x", hour - hours(24)));
  apply_to_item(stats, event("c", kImpression, "x", hour));
  apply_to_item(stats, event("d", kDislike, "x", hour));
  const EventTypes types;
  const double score = trending_score(stats, types, hours(24), hour + minutes(30));
  EXPECT_DOUBLE_EQ(score, 8 + 0.5);
  EXPECT_DOUBLE_EQ(trending_score(stats, types, hours(24), hour + minutes(30) + hours(24)), score / 2);
  EXPECT_DOUBLE_EQ(trending_score(stats, types, hours(24), hour), 8 + std::exp2(-23.5 / 24));
  EXPECT_EQ(trending_score(ItemStats(), types, hours(24), kNow), 0);
}

TEST(TrendingScore, ForgetsWhatIsOlderThanTheWindow) {
  ItemStats stats;
  apply_to_item(stats, event("a", kPurchase, "x", kNow));
  EXPECT_GT(trending_score(stats, EventTypes(), hours(24), kNow + days(6)), 0);
  EXPECT_EQ(trending_score(stats, EventTypes(), hours(24), kNow + days(8)), 0);
}

TEST(TrendingScore, AnImpressionCountsNothingEvenWithAWeight) {
  EventTypes types;
  ASSERT_TRUE(types.set("impression", 1).ok());
  ItemStats stats;
  apply_to_item(stats, event("a", kImpression, "x", kNow));
  EXPECT_EQ(trending_score(stats, types, hours(24), kNow), 0);
}

}  // namespace
}  // namespace magpie

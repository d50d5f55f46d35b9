#include "kernels/feature_update.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/hash.h"

namespace magpie {
namespace {

// The order of both lists: newest first. No two events of a state compare equal: their hashes differ.
bool newer(const StateEvent& a, const StateEvent& b) {
  return std::tie(a.time, a.event_hash) > std::tie(b.time, b.event_hash);
}

bool holds(const std::vector<StateEvent>& events, std::uint64_t event_hash) {
  return std::any_of(events.begin(), events.end(),
                     [event_hash](const StateEvent& event) { return event.event_hash == event_hash; });
}

Timestamp newest_time(const UserState& state) {
  Timestamp newest = kMinTimestamp;
  if (!state.interactions.empty()) newest = std::max(newest, state.interactions.front().time);
  if (!state.impressions.empty()) newest = std::max(newest, state.impressions.front().time);
  return newest;
}

// Drops the old end of a list that `newest` has pushed out of the window.
void expire(std::vector<StateEvent>& events, Timestamp newest) {
  while (!events.empty() && newest - events.back().time >= kFeatureTtl) events.pop_back();
}

// Position of the item in the table, appended where it is new. Ids are compared too: hashes may collide.
std::uint32_t find_or_add_item(std::vector<StateItem>& items, const ItemId& id) {
  const std::uint64_t hash = hash64(id.get());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].id_hash == hash && items[i].id == id) return static_cast<std::uint32_t>(i);
  }
  items.push_back({id, hash, {}});
  return static_cast<std::uint32_t>(items.size() - 1);
}

// Whether no interaction before `end`, which are the newer ones, is with the item.
bool is_newest_with_item(const std::vector<StateEvent>& interactions, std::size_t end, std::uint32_t item) {
  return std::none_of(interactions.begin(), interactions.begin() + static_cast<std::ptrdiff_t>(end),
                      [item](const StateEvent& event) { return event.item == item; });
}

struct TypedWindow {
  Duration length;
  WindowCounts& counts;
};

void count_in_windows(const StateEvent& event, Duration age, std::array<TypedWindow, 3>& windows) {
  for (TypedWindow& window : windows) {
    if (age < window.length) ++window.counts.by_type[event.type.get()];
  }
}

void count_windows(const UserState& state, Timestamp now, RealTimeFeatures& features) {
  std::array<TypedWindow, 3> windows{{{std::chrono::hours(1), features.last_hour},
                                      {std::chrono::hours(24), features.last_day},
                                      {std::chrono::days(7), features.last_week}}};
  for (const StateEvent& event : state.interactions) count_in_windows(event, now - event.time, windows);
  for (const StateEvent& event : state.impressions) count_in_windows(event, now - event.time, windows);
}

// The interactions that are not expired at `now`: a prefix of the list.
std::span<const StateEvent> live_interactions(const UserState& state, Timestamp now) {
  std::size_t count = state.interactions.size();
  while (count > 0 && now - state.interactions[count - 1].time >= kFeatureTtl) --count;
  return std::span(state.interactions).first(count);
}

std::vector<ItemId> last_items(std::span<const StateEvent> interactions, const std::vector<StateItem>& items) {
  std::vector<ItemId> last;
  for (const StateEvent& event : interactions) {
    const ItemId& id = items[event.item].id;
    if (std::find(last.begin(), last.end(), id) != last.end()) continue;
    last.push_back(id);
    if (last.size() == kLastItems) break;
  }
  return last;
}

// From the newest interaction back to the first that follows a gap. A gap of exactly kSessionGap ends a session.
Duration session_duration(std::span<const StateEvent> interactions) {
  if (interactions.empty()) return Duration(0);
  std::size_t first = 0;
  while (first + 1 < interactions.size() && interactions[first].time - interactions[first + 1].time < kSessionGap) {
    ++first;
  }
  return interactions.front().time - interactions[first].time;
}

// 1 now, 1/2 after a half-life. What is dated ahead of `now` (clocks differ) counts as now.
double decay(Duration age, Duration half_life) {
  if (age <= Duration(0)) return 1;
  return std::exp2(-static_cast<double>(age.count()) / static_cast<double>(half_life.count()));
}

std::vector<CategoryAffinity> category_affinity(std::span<const StateEvent> interactions,
                                                const std::vector<StateItem>& items, const EventTypes& types,
                                                Timestamp now) {
  std::map<std::string_view, double> weights;
  for (const StateEvent& event : interactions) {
    const double weight = types.weight(event.type) * decay(now - event.time, kAffinityHalfLife);
    for (const std::string& category : items[event.item].categories) weights[category] += weight;
  }
  std::vector<CategoryAffinity> affinity;
  for (const auto& [category, weight] : weights) {
    if (weight > 0) affinity.push_back({std::string(category), weight});
  }
  std::sort(affinity.begin(), affinity.end(), [](const CategoryAffinity& a, const CategoryAffinity& b) {
    return std::tie(b.weight, a.category) < std::tie(a.weight, b.category);
  });
  return affinity;
}

void count_in_bucket(std::vector<StatsBucket>& buckets, std::int64_t hour, EventType type) {
  const auto at = std::lower_bound(buckets.begin(), buckets.end(), std::pair(hour, type),
                                   [](const StatsBucket& bucket, const std::pair<std::int64_t, EventType>& key) {
                                     return std::pair(bucket.hour, bucket.type) < key;
                                   });
  if (at == buckets.end() || at->hour != hour || at->type != type) {
    buckets.insert(at, {hour, type, 1});
  } else if (at->count < std::numeric_limits<std::uint32_t>::max()) {
    ++at->count;
  }
}

void drop_old_buckets(std::vector<StatsBucket>& buckets) {
  const std::int64_t newest = buckets.back().hour;
  const auto kept = std::find_if(buckets.begin(), buckets.end(),
                                 [newest](const StatsBucket& bucket) { return newest - bucket.hour < kStatsHours; });
  buckets.erase(buckets.begin(), kept);
}

std::int64_t hour_of(Timestamp time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch() / kStatsBucket;
}

}  // namespace

Applied apply_to_user(UserState& state, const Event& event) {
  const std::uint64_t hash = hash64(event.id.get());
  if (holds(state.interactions, hash) || holds(state.impressions, hash)) return Applied::kDuplicate;

  const bool interaction = is_interaction(event.type);
  auto& events = interaction ? state.interactions : state.impressions;
  const std::size_t limit = interaction ? kMaxInteractions : kMaxImpressions;
  const Timestamp newest = std::max(newest_time(state), event.time);
  StateEvent added{event.time, hash, 0, event.type};
  if (newest - event.time >= kFeatureTtl) return Applied::kLate;
  if (events.size() >= limit && !newer(added, events.back())) return Applied::kLate;

  const auto at = std::lower_bound(events.begin(), events.end(), added, newer);
  const auto position = static_cast<std::size_t>(at - events.begin());
  added.item = find_or_add_item(state.items, event.item);
  if (interaction && is_newest_with_item(events, position, added.item)) {
    state.items[added.item].categories = event.categories;
  }
  events.insert(at, added);
  if (events.size() > limit) events.pop_back();
  expire(state.interactions, newest);
  expire(state.impressions, newest);
  restore_items(state);
  return Applied::kNew;
}

void apply_to_item(ItemStats& stats, const Event& event) {
  ++stats.total[event.type.get()];
  count_in_bucket(stats.buckets, hour_of(event.time), event.type);
  drop_old_buckets(stats.buckets);
  if (std::tie(event.time, event.categories) > std::tie(stats.categories_time, stats.categories)) {
    stats.categories_time = event.time;
    stats.categories = event.categories;
  }
}

RealTimeFeatures real_time_features(const UserState& state, const EventTypes& types, Timestamp now) {
  const auto interactions = live_interactions(state, now);
  RealTimeFeatures features;
  features.last_items = last_items(interactions, state.items);
  if (!interactions.empty()) features.last_action = interactions.front().time;
  features.session_duration = session_duration(interactions);
  count_windows(state, now, features);
  features.category_affinity = category_affinity(interactions, state.items, types, now);
  features.saturated = interactions.size() >= kMaxInteractions;
  return features;
}

double trending_score(const ItemStats& stats, const EventTypes& types, Duration half_life, Timestamp now) {
  double score = 0;
  for (const StatsBucket& bucket : stats.buckets) {
    const double weight = types.weight(bucket.type);
    if (!is_interaction(bucket.type) || weight <= 0) continue;
    // Events are spread over the hour: its middle stands for them.
    const Timestamp middle(kStatsBucket * bucket.hour + kStatsBucket / 2);
    if (now - middle >= kFeatureTtl) continue;
    score += weight * bucket.count * decay(now - middle, half_life);
  }
  return score;
}

}  // namespace magpie

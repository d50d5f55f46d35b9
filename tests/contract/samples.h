// Events, states and items that the contract suites write and expect back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "model/event.h"
#include "model/item.h"
#include "model/item_stats.h"
#include "model/user_features.h"

namespace magpie::contract {

inline constexpr Timestamp kNoon = from_unix_ms(1'700'049'600'000);  // 2023-11-15 12:00 UTC.

[[nodiscard]] inline Event sample_event(const std::string& user, std::uint64_t number) {
  Event event;
  event.id = EventId("event-" + user + "-" + std::to_string(number));
  event.user = UserId(user);
  event.item = ItemId("item-" + std::to_string(number % 7));
  event.type = number % 2 == 0 ? kView : kPurchase;
  event.time = kNoon + std::chrono::seconds(number);
  event.value = static_cast<double>(number) / 4;
  return event;
}

[[nodiscard]] inline std::vector<Event> sample_events(const std::string& user, std::uint64_t first,
                                                      std::uint64_t count) {
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < count; ++i) events.push_back(sample_event(user, first + i));
  return events;
}

// Every field set, none to its default.
[[nodiscard]] inline Event full_event() {
  Event event = sample_event("zoë 漢字", 3);
  event.type = kImpression;
  event.session = SessionId("session-9");
  event.request = RequestId("request-9");
  event.context = {.surface = "home", .device = "phone", .region = "eu-west"};
  event.categories = {"Drama", "Film-Noir", "naïve | comma, \"quote\""};
  event.position = 4;
  event.propensity = 0.125F;
  event.model_version = ModelVersion(12);
  return event;
}

// A state of `count` views, a second apart, the newest at `newest`.
[[nodiscard]] inline UserState sample_state(std::uint32_t count, Timestamp newest) {
  UserState state;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string id = "item-" + std::to_string(i);
    state.interactions.push_back({newest - std::chrono::seconds(i), hash64("event-" + std::to_string(i)), i, kView});
    state.items.push_back({ItemId(id), hash64(id), {"Drama"}});
  }
  return state;
}

// One impression only.
[[nodiscard]] inline UserState impressed_state(Timestamp time) {
  UserState state;
  state.impressions.push_back({time, 77, 0, kImpression});
  state.items.push_back({ItemId("item-0"), hash64("item-0"), {}});
  return state;
}

[[nodiscard]] inline BatchFeatures sample_batch(std::uint64_t version) {
  BatchFeatures batch;
  batch.model_version = ModelVersion(version);
  batch.trained_until = kNoon;
  batch.user_embedding = {0.5F, -1.25F, 3.0F};
  batch.total_purchases = 2;
  batch.total_interactions = 9;
  batch.preferred_categories = {"Drama", "Comedy"};
  batch.history = {hash64("item-1"), hash64("item-2")};
  return batch;
}

[[nodiscard]] inline ItemStats sample_stats(std::uint32_t views) {
  ItemStats stats;
  stats.buckets.push_back({to_unix_ms(kNoon) / kStatsBucket.count(), kView, views});
  stats.total[kView.get()] = views;
  stats.categories = {"Drama"};
  stats.categories_time = kNoon;
  return stats;
}

[[nodiscard]] inline Item sample_item(const std::string& id) {
  Item item;
  item.id = ItemId(id);
  item.title = "Title of " + id;
  item.description = "Über alles Mögliche";
  item.categories = {"Drama", "Comedy"};
  item.tags = {"black and white"};
  item.price = 9.75;
  item.created_at = kNoon;
  item.available = false;
  item.editorial = true;
  item.embedding = {0.25F, -4.0F};
  return item;
}

[[nodiscard]] inline User sample_user(const std::string& id) {
  return {UserId(id), {"Drama", "Science Fiction"}, kNoon, "early adopters"};
}

}  // namespace magpie::contract

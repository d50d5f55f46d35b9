// Random events through the feature tables, and what an oracle needs to know of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "batch/extraction.h"
#include "batch/feature_tables.h"
#include "tests/contract/scratch_analytics.h"
#include "tests/fakes/in_memory_history_store.h"
#include "tests/sql/table_rows.h"

namespace magpie::batch {

inline constexpr Timestamp kStart = from_unix_ms(1'767'225'600'000);  // 2026-01-01.
inline constexpr TimeWindow kFeatureWindow{kStart, kStart + std::chrono::days(60)};

class FeatureTest : public ::testing::Test {
 protected:
  FeatureTest() {
    std::vector<Item> items;
    for (int n = 0; n < 12; ++n) {  // Events also name items 12 to 14, which the catalogue lacks.
      Item item;
      item.id = ItemId("i" + std::to_string(n));
      item.categories = categories_of(n);
      if (n % 4 != 3) item.price = 5.25 * (1 + n % 5);
      item.created_at = kStart - std::chrono::days(n);
      items.push_back(std::move(item));
    }
    catalogue_ = CatalogueSnapshot().with(std::move(items), {});
  }

  static std::vector<std::string> categories_of(int item) {
    std::vector<std::string> categories{"c" + std::to_string(item % 5)};
    if (item % 2 == 0) categories.push_back("d" + std::to_string(item % 3));
    if (item == 7) categories.clear();
    return categories;
  }

  // Ordered by (time, id). Some events share a time, some sessions have an id, some responses name a request.
  static std::vector<Event> random_events(std::uint64_t seed, std::size_t count) {
    Random random(seed);
    const EventTypes types;
    std::vector<Event> events;
    Timestamp time = kStart;
    for (std::size_t n = 0; n < count; ++n) {
      const int item = static_cast<int>(random.below(15));
      Event event;
      event.id = EventId("e" + std::to_string(10'000 + n));
      event.user = UserId("u" + std::to_string(random.below(6)));
      event.item = ItemId("i" + std::to_string(item));
      event.type = EventType(static_cast<std::uint8_t>(random.below(10) < 4 ? kImpression.get() : random.below(8)));
      if (random.below(3) > 0) time += Duration(random.below(3'600'000));
      event.time = time;
      event.categories = categories_of(item);
      if (event.type == *types.find("rating")) event.value = 0.5 * static_cast<double>(random.below(11));
      if (event.type == kImpression || random.below(2) == 0) {
        event.request = RequestId("r" + std::to_string(random.below(6)));
      }
      if (event.type == kImpression) {
        event.position = n % 10;
        event.model_version = ModelVersion(3);
      }
      if (random.below(3) == 0) event.session = SessionId("s" + std::to_string(random.below(4)));
      events.push_back(std::move(event));
    }
    return events;
  }

  void write_inputs(const std::vector<Event>& events) {
    fakes::InMemoryHistoryStore no_events{
        [this](const auto& source, const auto& to) { return analytics_->write_events(source, to).status(); }};
    ASSERT_TRUE(read_raw(no_events, *catalogue_, types_, *analytics_, kFeatureWindow, analytics_.path("raw")).ok());
    const auto source = [&](const Analytics::VisitEvents& visit) { return visit(events); };
    ASSERT_TRUE(analytics_->write_events(source, analytics_.path("clean") / kCleanEvents).ok());
  }

  void write_tables(const FeatureSettings& settings = {}) {
    const Status users = write_user_features(*analytics_, sources(), settings, analytics_.path("users"));
    ASSERT_TRUE(users.ok()) << users.to_string();
    const Status items = write_item_features(*analytics_, sources(), settings, analytics_.path("items"));
    ASSERT_TRUE(items.ok()) << items.to_string();
    const Status merged = merge_features(*analytics_, sources(), analytics_.path("users"), analytics_.path("items"),
                                         settings, analytics_.path("merged"));
    ASSERT_TRUE(merged.ok()) << merged.to_string();
  }

  [[nodiscard]] FeatureSources sources() const {
    return {analytics_.path("raw"), analytics_.path("clean"), kFeatureWindow.end};
  }
  // nullptr where the catalogue lacks it.
  [[nodiscard]] const Item* item(const ItemId& id) const {
    const auto index = catalogue_->find(id);
    return index ? &catalogue_->at(*index)->item : nullptr;
  }

  contract::ScratchAnalytics analytics_;
  const EventTypes types_;
  std::shared_ptr<const CatalogueSnapshot> catalogue_;
};

}  // namespace magpie::batch

// ItemStats: what the speed layer counts of one item. Counting commutes, so the order of events does not matter; that
// each event counts once is the caller's duty (the user's state tells whether it was seen before).
//
// Counts are kept sparse: most items see one or two kinds of event in few hours of the week.
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/event_type.h"
#include "model/ids.h"
#include "model/user_state.h"

namespace magpie {

inline constexpr Duration kStatsBucket = std::chrono::hours(1);
inline constexpr std::int64_t kStatsHours = kFeatureTtl / kStatsBucket;

// Events of one kind in one hour.
struct StatsBucket {
  std::int64_t hour = 0;  // Unix time / kStatsBucket, rounded down.
  EventType type;
  std::uint32_t count = 0;  // > 0; saturates.
  friend bool operator==(const StatsBucket&, const StatsBucket&) = default;
};

struct ItemStats {
  // Ascending by (hour, type); every hour is less than kStatsHours before the newest.
  std::vector<StatsBucket> buckets;
  std::array<std::uint64_t, kMaxEventTypes> total{};  // Every event ever counted, indexed by EventType.
  // As of the newest event that was counted; of events at one moment, the lexicographically greatest.
  std::vector<std::string> categories;
  Timestamp categories_time = kMinTimestamp;
  friend bool operator==(const ItemStats&, const ItemStats&) = default;
};

// docs/formats/item_stats.md. Equal statistics give equal bytes. Decoding checks every field (kDataLoss), and leaves
// out counts of kinds that `types` does not know any more.
void encode_item_stats(const ItemStats& stats, const EventTypes& types, std::string& out);
[[nodiscard]] Result<ItemStats> decode_item_stats(std::string_view bytes, const EventTypes& types);

// Trending: items by decayed, weighted interactions of the last days, best first.
struct TrendingItem {
  ItemId item;
  double score = 0;
};
struct TrendingList {
  std::string category;  // Empty: all categories.
  std::vector<TrendingItem> items;
};
struct Trending {
  Timestamp computed_at;
  TrendingList overall;
  std::vector<TrendingList> by_category;  // Ascending by category.

  // nullptr where nothing of the category is trending.
  [[nodiscard]] const TrendingList* find(std::string_view category) const;
};

}  // namespace magpie

#include "speed/item_activity.h"

#include <utility>

#include "kernels/feature_update.h"
#include "model/user_state.h"
#include "speed/trending.h"

namespace magpie::speed {
namespace {

bool is_expired(const ItemStats& stats, Timestamp now) {
  if (stats.buckets.empty()) return true;
  const Timestamp newest_end{kStatsBucket * (stats.buckets.back().hour + 1)};
  return newest_end + kFeatureTtl < now;
}

}  // namespace

Status ItemActivity::load(FeatureStore& features, Timestamp now) {
  items_.clear();
  return features.for_each_item([this, now](const ItemId& item, const ItemStats& stats) {
    if (!is_expired(stats, now)) items_.emplace(item, stats);
  });
}

Result<ItemStats*> ItemActivity::find(FeatureStore& features, const ItemId& item) {
  if (const auto held = items_.find(item); held != items_.end()) return &held->second;
  MAGPIE_ASSIGN_OR_RETURN(ItemStats stats, features.item(item));
  return &items_.emplace(item, std::move(stats)).first->second;
}

Trending ItemActivity::rank(const EventTypes& types, Duration half_life, std::size_t list_size, Timestamp now) {
  std::erase_if(items_, [now](const auto& entry) { return is_expired(entry.second, now); });
  TrendingRanking ranking(list_size);
  for (const auto& [item, stats] : items_) {
    ranking.add(item, stats.categories, trending_score(stats, types, half_life, now));
  }
  return ranking.take(now);
}

}  // namespace magpie::speed

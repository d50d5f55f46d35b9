// ItemActivity: statistics of the items that someone interacted with of late, in memory: what trending is made of.
//
// A cache of the FeatureStore's item statistics with one writer, the stream processor: an entry always equals what the
// store holds or what the processor is about to commit. When a commit fails, the whole of it is dropped and loaded
// again. Thread-safety: none; the stream processor's.
#pragma once

#include <unordered_map>

#include "base/status.h"
#include "model/item_stats.h"
#include "ports/feature_store.h"

namespace magpie::speed {

class ItemActivity {
 public:
  // Replaces what is held by the store's items that are not expired at `now`.
  [[nodiscard]] Status load(FeatureStore& features, Timestamp now);

  // The statistics of one item, to be changed in place; read from the store where they are not held.
  [[nodiscard]] Result<ItemStats*> find(FeatureStore& features, const ItemId& item);

  // The lists as of `now`. Items whose newest event is older than kFeatureTtl are forgotten on the way.
  [[nodiscard]] Trending rank(const EventTypes& types, Duration half_life, std::size_t list_size, Timestamp now);

  [[nodiscard]] std::size_t size() const { return items_.size(); }

 private:
  std::unordered_map<ItemId, ItemStats> items_;
};

}  // namespace magpie::speed

// FeatureStore: user features (both halves), item statistics and trending lists, read on every request.
//
// The speed layer is the one writer of the real-time half; it writes states and the log offset they reflect in one
// atomic step, which makes its work exactly once. The batch layer is the one writer of the batch half.
// Entries untouched for kFeatureTtl expire (the real-time half only).
// Thread-safe. Errors: kUnavailable (serve without features), kDataLoss.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/item_stats.h"
#include "model/user_features.h"
#include "ports/event_log.h"

namespace magpie {

// What one micro-batch of the stream changed in one partition.
struct FeatureUpdate {
  Partition partition = 0;
  Offset applied = 0;  // The next offset to apply.
  std::vector<std::pair<UserId, UserState>> users;
  std::vector<std::pair<ItemId, ItemStats>> items;
};

class FeatureStore {
 public:
  FeatureStore() = default;
  FeatureStore(const FeatureStore&) = delete;
  FeatureStore& operator=(const FeatureStore&) = delete;
  virtual ~FeatureStore() = default;

  // Never null: an unknown user has empty features.
  [[nodiscard]] virtual Result<std::shared_ptr<const UserFeatures>> user(const UserId& id) = 0;
  [[nodiscard]] virtual Result<ItemStats> item(const ItemId& id) = 0;

  // The offset up to which the log is reflected here; 0 for a partition never applied.
  [[nodiscard]] virtual Result<Offset> applied(Partition partition) = 0;
  [[nodiscard]] virtual Status apply(FeatureUpdate update) = 0;

  [[nodiscard]] virtual Status load_batch(std::span<const std::pair<UserId, BatchFeatures>> rows) = 0;

  // Every item with statistics, in no particular order: to rebuild the trending lists after a restart.
  [[nodiscard]] virtual Status for_each_item(const std::function<void(const ItemId&, const ItemStats&)>& visit) = 0;
  [[nodiscard]] virtual Status put_trending(std::shared_ptr<const Trending> trending) = 0;
  // Never null; empty until the first put.
  [[nodiscard]] virtual Result<std::shared_ptr<const Trending>> trending() = 0;

  // Removes both halves, durably.
  [[nodiscard]] virtual Status erase(const UserId& user) = 0;
  // Drops real-time halves whose newest event is before `horizon`. Returns how many.
  [[nodiscard]] virtual Result<std::size_t> expire(Timestamp horizon) = 0;
};

}  // namespace magpie

// MicroBatch: a run of one partition's events turned into the one atomic update that commits them.
//
// Each user's state is read once and changed once per event; an item counts an event only if the user's state had not
// seen it (kernels/feature_update.h). Nothing is written here.
// Thread-safety: none; one a run of events.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "base/status.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"
#include "speed/item_activity.h"

namespace magpie::speed {

struct AppliedCounts {
  std::uint64_t fresh = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;
};

class MicroBatch {
 public:
  MicroBatch(FeatureStore& features, ItemActivity& activity) : features_(features), activity_(activity) {}

  // A failure is the store's; the activity may then hold events that are in no update, and must be loaded again.
  [[nodiscard]] Status add(std::span<const LoggedEvent> events);

  // Only what changed is in it. Leaves this empty.
  [[nodiscard]] FeatureUpdate take(Partition partition, Offset applied);
  [[nodiscard]] const AppliedCounts& counts() const { return counts_; }

 private:
  struct PendingUser {
    UserState state;
    bool changed = false;
  };

  [[nodiscard]] Status add(const Event& event);
  [[nodiscard]] Result<PendingUser*> find_user(const UserId& user);

  FeatureStore& features_;
  ItemActivity& activity_;
  std::unordered_map<UserId, PendingUser> users_;
  std::unordered_map<ItemId, const ItemStats*> items_;  // Changed ones; owned by activity_, whose entries stay put.
  AppliedCounts counts_;
};

}  // namespace magpie::speed

#include "speed/micro_batch.h"

#include <utility>

#include "kernels/feature_update.h"

namespace magpie::speed {

Status MicroBatch::add(std::span<const LoggedEvent> events) {
  for (const LoggedEvent& logged : events) MAGPIE_RETURN_IF_ERROR(add(logged.event));
  return ok_status();
}

Status MicroBatch::add(const Event& event) {
  MAGPIE_ASSIGN_OR_RETURN(PendingUser* const user, find_user(event.user));
  switch (apply_to_user(user->state, event)) {
    case Applied::kDuplicate: ++counts_.duplicate; return ok_status();
    case Applied::kLate: ++counts_.late; return ok_status();
    case Applied::kNew: break;
  }
  ++counts_.fresh;
  user->changed = true;
  MAGPIE_ASSIGN_OR_RETURN(ItemStats* const stats, activity_.find(features_, event.item));
  apply_to_item(*stats, event);
  items_.emplace(event.item, stats);
  return ok_status();
}

Result<MicroBatch::PendingUser*> MicroBatch::find_user(const UserId& user) {
  if (const auto pending = users_.find(user); pending != users_.end()) return &pending->second;
  MAGPIE_ASSIGN_OR_RETURN(const auto features, features_.user(user));
  return &users_.emplace(user, PendingUser{features->recent}).first->second;
}

FeatureUpdate MicroBatch::take(Partition partition, Offset applied) {
  FeatureUpdate update;
  update.partition = partition;
  update.applied = applied;
  update.users.reserve(users_.size());
  for (auto& [user, pending] : users_) {
    if (pending.changed) update.users.emplace_back(user, std::move(pending.state));
  }
  update.items.reserve(items_.size());
  for (const auto& [item, stats] : items_) update.items.emplace_back(item, *stats);
  users_.clear();
  items_.clear();
  return update;
}

}  // namespace magpie::speed

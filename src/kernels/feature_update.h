// The one definition of real-time features: (state, event) -> state, and (state, now) -> features.
//
// The embedded stream processor calls it in process, the Kafka Streams topology through JNI. Pure and thread-safe.
#pragma once

#include "base/clock.h"
#include "model/item_stats.h"
#include "model/user_features.h"

namespace magpie {

enum class Applied {
  kNew,        // The event is now part of the state: count it for the item too.
  kDuplicate,  // The state holds an event with this id.
  kLate,       // Older than the window, or than everything a full state holds.
};

// Adds the event to the user's state. Order-insensitive and idempotent (see model/user_state.h); an id that the state
// holds is a duplicate whatever else the event carries. Some 0.4 us on a state of 100 events, 4 us on a full one.
// Precondition: event.user is the state's user.
Applied apply_to_user(UserState& state, const Event& event);

// Counts the event for its item. Precondition: apply_to_user returned kNew for it.
void apply_to_item(ItemStats& stats, const Event& event);

// Expired events do not count, whether or not the state still holds them; events ahead of `now` count as of now. A
// session ends with a gap of kSessionGap between interactions; the clients' session ids are not looked at.
[[nodiscard]] RealTimeFeatures real_time_features(const UserState& state, const EventTypes& types, Timestamp now);

// Weighted interactions halved every `half_life` of age; impressions and negative kinds count nothing. The events of an
// hour count as of its middle.
[[nodiscard]] double trending_score(const ItemStats& stats, const EventTypes& types, Duration half_life, Timestamp now);

}  // namespace magpie

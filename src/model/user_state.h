// UserState: what the speed layer remembers of one user; every real-time feature is a function of it and of now.
//
// It is a set: the user's newest kMaxInteractions interactions and newest kMaxImpressions impressions, ordered by
// (time, event hash), as far as they are less than kFeatureTtl older than the newest event of either list. Union with
// truncation is a join of a semilattice: applying events in any order, any number of times, ends in the same state,
// byte for byte (docs/formats/user_state.md).
//
// For that, everything in it depends only on what the set holds: an item's categories are those of the newest
// interaction with it (a list cut at its old end keeps an item's newest event if it keeps any, but two lists cut apart
// do not), and whether counts are short is read off the length of the list.
// Thread-safety: a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/event.h"
#include "model/ids.h"

namespace magpie {

inline constexpr std::size_t kMaxInteractions = 1024;
inline constexpr std::size_t kMaxImpressions = 256;
inline constexpr std::size_t kMaxStateItems = kMaxInteractions + kMaxImpressions + 1;  // 1: while an event is added.
inline constexpr Duration kFeatureTtl = std::chrono::days(7);
inline constexpr Duration kSessionGap = std::chrono::minutes(30);
// An event may be this far ahead of the server's clock; one that is further ahead is refused at the edge.
inline constexpr Duration kMaxClockSkew = std::chrono::minutes(5);

// One remembered item: shared by all the user's events with it.
struct StateItem {
  ItemId id;
  std::uint64_t id_hash = 0;            // hash64(id)
  std::vector<std::string> categories;  // As of the newest interaction with it; none where it was only shown.
  friend bool operator==(const StateItem&, const StateItem&) = default;
};

struct StateEvent {
  Timestamp time;
  std::uint64_t event_hash = 0;  // hash64(event id)
  std::uint32_t item = 0;        // Index into UserState::items.
  EventType type;
  friend bool operator==(const StateEvent&, const StateEvent&) = default;
};

struct UserState {
  std::vector<StateEvent> interactions;  // Newest first, by (time, event_hash) descending.
  std::vector<StateEvent> impressions;   // Likewise.
  std::vector<StateItem> items;          // In order of first use by interactions, then impressions; none unused.
  friend bool operator==(const UserState&, const UserState&) = default;

  [[nodiscard]] bool empty() const { return interactions.empty() && impressions.empty(); }
  // The list is full: older interactions inside the window may have been dropped, so counts are lower bounds.
  [[nodiscard]] bool saturated() const { return interactions.size() >= kMaxInteractions; }
};

// Makes `items` what it must be after events came or went: in order, without unused ones, without the categories of
// those that no interaction uses.
// Precondition: every StateEvent::item is below items.size(), and that is at most kMaxStateItems.
void restore_items(UserState& state);

// docs/formats/user_state.md. Equal states give equal bytes. Decoding checks every field, order and index (kDataLoss),
// and leaves out events of kinds that `types` does not know any more.

void encode_user_state(const UserState& state, const EventTypes& types, std::string& out);
[[nodiscard]] Result<UserState> decode_user_state(std::string_view bytes, const EventTypes& types);

}  // namespace magpie

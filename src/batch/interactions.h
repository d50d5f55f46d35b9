// Interactions: the window of history as training sees it, with dense numbers in place of ids.
// Thread-safety: immutable once read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/candidate_features.h"
#include "model/event_type.h"
#include "model/ids.h"
#include "ports/history_store.h"

namespace magpie::batch {

struct UserTotals {
  std::uint32_t interactions = 0;
  std::uint32_t purchases = 0;
};

struct Interactions {
  std::vector<UserId> users;  // Ascending; position = user.
  std::vector<ItemId> items;  // Ascending; position = row.
  std::vector<UserTotals> totals;                // Per user.
  std::vector<std::uint64_t> offsets{0};         // users + 1, into preferences.
  std::vector<NetPreference> preferences;        // Per user one an item, newest first.
  std::uint64_t events = 0;                      // Interactions read.
  Timestamp newest;                              // Of these events.

  [[nodiscard]] std::span<const NetPreference> of(std::size_t user) const {
    return std::span(preferences).subspan(offsets[user], offsets[user + 1] - offsets[user]);
  }
};

// Hands events over, in any order.
using EventScan = std::function<Status(const HistoryStore::Visit&)>;

// Impressions are no interactions and are skipped. The numbers depend on the set of events alone, not on their order.
[[nodiscard]] Result<Interactions> read_interactions(const EventScan& scan, const EventTypes& types);
// Of a window of history, as it is.
[[nodiscard]] Result<Interactions> read_interactions(HistoryStore& history, TimeWindow window, const EventTypes& types);

// The place of the newest item that the user likes; nothing where it is the only one: then there is nothing to predict
// it from.
[[nodiscard]] std::optional<std::size_t> last_liked(std::span<const NetPreference> newest_first);

}  // namespace magpie::batch

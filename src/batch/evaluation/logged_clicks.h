// Logged clicks: what the serving policy showed after a moment, with which chance, and what was clicked of it; and
// whether the evaluated policy would have shown the same item at the same position.
// Pure functions of their arguments. Errors: those of the scan.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/evaluation/contenders.h"
#include "kernels/off_policy.h"
#include "model/event.h"
#include "model/ids.h"
#include "ports/history_store.h"

namespace magpie::batch {

struct LoggedImpression {
  UserId user;
  ItemId item;
  RequestId request;
  std::uint32_t position = 0;
  float propensity = 1;
  bool clicked = false;
};

struct LoggedImpressions {
  std::vector<LoggedImpression> usable;  // Ascending by (request, position).
  std::uint64_t without_propensity = 0;  // Impressions that lack propensity, position or request.
};

// A click belongs to the impression of its request and item, whenever it came.
[[nodiscard]] Result<LoggedImpressions> read_logged_impressions(HistoryStore& history, TimeWindow window);

// What the evaluated policy would show a user, best first; nullptr where it was not asked.
using PolicyList = std::function<const RankedList*(const UserId&)>;

// A cluster a request. Impressions of users that the policy was not asked about are left out.
[[nodiscard]] std::vector<LoggedAction> logged_actions(std::span<const LoggedImpression> impressions,
                                                       const std::vector<ItemId>& items, const PolicyList& list_of);

}  // namespace magpie::batch

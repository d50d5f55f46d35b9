#include "batch/evaluation/logged_clicks.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace magpie::batch {
namespace {

using Shown = std::pair<std::string, std::string>;  // Request, item.

bool is_usable(const Event& event) { return event.propensity && event.position && !event.request.get().empty(); }

LoggedImpression impression_of(const Event& event) {
  return {.user = event.user,
          .item = event.item,
          .request = event.request,
          .position = *event.position,
          .propensity = *event.propensity};
}

auto order_of(const LoggedImpression& impression) { return std::tie(impression.request, impression.position); }

// The item at a place of a list, or nothing where the list is shorter.
bool stands_at(const RankedList& list, std::uint32_t position, const ItemId& item, const std::vector<ItemId>& items) {
  return position < list.size() && items[list[position]] == item;
}

}  // namespace

Result<LoggedImpressions> read_logged_impressions(HistoryStore& history, TimeWindow window) {
  LoggedImpressions logged;
  std::set<Shown> clicked;
  MAGPIE_RETURN_IF_ERROR(history.scan(window, [&](std::span<const Event> events) {
    for (const Event& event : events) {
      if (event.type == kClick && !event.request.get().empty()) clicked.emplace(event.request.get(), event.item.get());
      if (event.type != kImpression) continue;
      if (is_usable(event)) {
        logged.usable.push_back(impression_of(event));
      } else {
        ++logged.without_propensity;
      }
    }
    return ok_status();
  }));
  for (LoggedImpression& impression : logged.usable) {
    impression.clicked = clicked.contains({impression.request.get(), impression.item.get()});
  }
  std::sort(logged.usable.begin(), logged.usable.end(),
            [](const LoggedImpression& a, const LoggedImpression& b) { return order_of(a) < order_of(b); });
  return logged;
}

std::vector<LoggedAction> logged_actions(std::span<const LoggedImpression> impressions,
                                         const std::vector<ItemId>& items, const PolicyList& list_of) {
  std::vector<LoggedAction> actions;
  std::uint32_t cluster = 0;
  const RequestId* request = nullptr;
  for (const LoggedImpression& impression : impressions) {
    const RankedList* list = list_of(impression.user);
    if (list == nullptr) continue;
    if (request != nullptr && *request != impression.request) ++cluster;
    request = &impression.request;
    actions.push_back({.cluster = cluster,
                       .propensity = impression.propensity,
                       .target = stands_at(*list, impression.position, impression.item, items) ? 1.0F : 0.0F,
                       .reward = impression.clicked ? 1.0F : 0.0F});
  }
  return actions;
}

}  // namespace magpie::batch

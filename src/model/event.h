// Event: one thing that a user did with an item.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/event_type.h"
#include "model/ids.h"

namespace magpie {

struct EventContext {
  std::string surface;  // Where in the product: "home", "item_page", ...
  std::string device;
  std::string region;
  friend bool operator==(const EventContext&, const EventContext&) = default;
};

struct Event {
  EventId id;  // Two events with one id are the same event. A ULID where the client sent none.
  UserId user;
  ItemId item;
  EventType type;
  Timestamp time;       // When it happened, by the client's clock.
  double value = 0;     // A rating, an amount of money, a dwell time: what the type means by it.
  SessionId session;    // Empty: sessions are cut by a 30-minute gap.
  RequestId request;    // The recommendation response that showed the item; empty for organic traffic.
  EventContext context;
  // The item's categories when the event was accepted (point in time), so that the stream needs no catalogue.
  std::vector<std::string> categories;
  // Impressions only: the position in the response, from 0, and the model that chose it.
  std::optional<std::uint32_t> position;
  // Impressions only: the chance that this item was shown at this position, by whoever chose it; in (0, 1], 1 where the
  // choice was not random. What off-policy estimates divide by (kernels/off_policy.h). Unset: not recorded.
  std::optional<float> propensity;
  ModelVersion model_version;
  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace magpie

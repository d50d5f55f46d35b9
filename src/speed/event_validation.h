// Validation of one event at the edge: bounds, well-formedness, and completion of what a client may leave out.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "model/event.h"

namespace magpie::speed {

// An event as a client sent it: nothing is checked yet.
struct RawEvent {
  std::string event_id;  // Empty: one is made.
  std::string user_id;
  std::string item_id;
  std::string type;
  std::optional<std::int64_t> timestamp_ms;  // Unix time. Absent: now.
  double value = 0;
  std::string session_id;
  std::string request_id;
  EventContext context;
};

// Every field that a rejection can name: the bounded label set of magpie_events_rejected_total.
inline constexpr std::array<std::string_view, 11> kEventFields{
    "event_id",   "user_id",    "item_id",         "type",           "timestamp",     "value",
    "session_id", "request_id", "context.surface", "context.device", "context.region"};

// Timestamps before 1970 are units mixed up, not history.
inline constexpr Timestamp kEarliestEvent = from_unix_ms(0);

// The event, without an id where the client sent none and without categories.
// kInvalidArgument names one of kEventFields. `now` is the server's clock: an event may be at most kMaxClockSkew ahead.
[[nodiscard]] Result<Event> to_event(RawEvent raw, const EventTypes& types, Timestamp now);

}  // namespace magpie::speed

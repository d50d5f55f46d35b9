#include "speed/event_validation.h"

#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "model/item.h"
#include "model/user_state.h"

namespace magpie::speed {
namespace {

Status validate_optional(std::string_view field, std::string_view text) {
  return text.empty() ? ok_status() : validate_id(field, text);
}

Status validate_strings(const RawEvent& raw) {
  MAGPIE_RETURN_IF_ERROR(validate_optional("event_id", raw.event_id));
  MAGPIE_RETURN_IF_ERROR(validate_id("user_id", raw.user_id));
  MAGPIE_RETURN_IF_ERROR(validate_id("item_id", raw.item_id));
  MAGPIE_RETURN_IF_ERROR(validate_optional("session_id", raw.session_id));
  MAGPIE_RETURN_IF_ERROR(validate_optional("request_id", raw.request_id));
  MAGPIE_RETURN_IF_ERROR(validate_optional("context.surface", raw.context.surface));
  MAGPIE_RETURN_IF_ERROR(validate_optional("context.device", raw.context.device));
  return validate_optional("context.region", raw.context.region);
}

Result<EventType> find_type(std::string_view name, const EventTypes& types) {
  if (name.empty()) return invalid_argument("type", "must not be empty");
  if (const auto type = types.find(name)) return *type;
  return invalid_argument("type", "is not a known kind; known are " + types.names());
}

// In integers, so that no timestamp a client can write overflows.
Result<Timestamp> find_time(std::optional<std::int64_t> unix_ms, Timestamp now) {
  if (!unix_ms) return now;
  if (*unix_ms < to_unix_ms(kEarliestEvent)) {
    return invalid_argument("timestamp", "must not be before 1970 (milliseconds of Unix time)");
  }
  if (*unix_ms > to_unix_ms(now + kMaxClockSkew)) {
    const auto skew = std::chrono::duration_cast<std::chrono::seconds>(kMaxClockSkew).count();
    return invalid_argument("timestamp", "must be at most " + std::to_string(skew) +
                                             " s ahead of the server's clock (milliseconds of Unix time)");
  }
  return from_unix_ms(*unix_ms);
}

}  // namespace

Result<Event> to_event(RawEvent raw, const EventTypes& types, Timestamp now) {
  MAGPIE_RETURN_IF_ERROR(validate_strings(raw));
  MAGPIE_ASSIGN_OR_RETURN(const EventType type, find_type(raw.type, types));
  MAGPIE_ASSIGN_OR_RETURN(const Timestamp time, find_time(raw.timestamp_ms, now));
  if (!std::isfinite(raw.value)) return invalid_argument("value", "must be a finite number");
  Event event;
  event.id = EventId(std::move(raw.event_id));
  event.user = UserId(std::move(raw.user_id));
  event.item = ItemId(std::move(raw.item_id));
  event.type = type;
  event.time = time;
  event.value = raw.value;
  event.session = SessionId(std::move(raw.session_id));
  event.request = RequestId(std::move(raw.request_id));
  event.context = std::move(raw.context);
  return event;
}

}  // namespace magpie::speed

#include "model/event_codec.h"

#include <cmath>
#include <string>
#include <utility>

#include "magpie/v1/event.pb.h"
#include "model/item.h"

namespace magpie {
namespace {

constexpr std::size_t kMaxRecordSize = 64 * 1024;  // bytes; the bounds of the fields allow for some 7 KiB.

// One message a thread, whose strings keep their memory from one record to the next: the codec then allocates nothing
// of its own. It holds no state between calls.
v1::EventRecord& cleared_record() {
  thread_local v1::EventRecord record;
  record.Clear();
  return record;
}

bool is_valid_id(const std::string& id) { return !id.empty() && id.size() <= kMaxIdLength; }

// Also false for a number that is none.
bool is_propensity(float value) { return value > 0 && value <= 1; }

bool has_valid_strings(const v1::EventRecord& record) {
  for (const std::string& category : record.categories()) {
    if (category.size() > kMaxIdLength) return false;
  }
  return is_valid_id(record.event_id()) && is_valid_id(record.user_id()) && is_valid_id(record.item_id()) &&
         record.session_id().size() <= kMaxIdLength && record.request_id().size() <= kMaxIdLength &&
         record.surface().size() <= kMaxIdLength && record.device().size() <= kMaxIdLength &&
         record.region().size() <= kMaxIdLength;
}

Status validate_record(const v1::EventRecord& record) {
  if (!has_valid_strings(record)) return data_loss("event record: an id is missing or a text too long");
  if (!is_plausible(from_unix_ms(record.timestamp_ms()))) return data_loss("event record: timestamp out of range");
  if (!std::isfinite(record.value())) return data_loss("event record: value is not finite");
  if (record.has_propensity() && !is_propensity(record.propensity())) {
    return data_loss("event record: propensity out of range");
  }
  if (static_cast<std::size_t>(record.categories_size()) > kMaxCategories) {
    return data_loss("event record: too many categories");
  }
  return {};
}

Event to_event(const v1::EventRecord& record, EventType type) {
  Event event;
  event.id = EventId(record.event_id());
  event.user = UserId(record.user_id());
  event.item = ItemId(record.item_id());
  event.type = type;
  event.time = from_unix_ms(record.timestamp_ms());
  event.value = record.value();
  event.session = SessionId(record.session_id());
  event.request = RequestId(record.request_id());
  event.context = {record.surface(), record.device(), record.region()};
  event.categories.assign(record.categories().begin(), record.categories().end());
  if (record.has_position()) event.position = record.position();
  if (record.has_propensity()) event.propensity = record.propensity();
  event.model_version = ModelVersion(record.model_version());
  return event;
}

}  // namespace

void encode_event(const Event& event, const EventTypes& types, std::string& out) {
  v1::EventRecord& record = cleared_record();
  record.set_event_id(event.id.get());
  record.set_user_id(event.user.get());
  record.set_item_id(event.item.get());
  record.set_type(types[event.type].name);
  record.set_timestamp_ms(to_unix_ms(event.time));
  record.set_value(event.value);
  record.set_session_id(event.session.get());
  record.set_request_id(event.request.get());
  record.set_surface(event.context.surface);
  record.set_device(event.context.device);
  record.set_region(event.context.region);
  for (const std::string& category : event.categories) record.add_categories(category);
  if (event.position) record.set_position(*event.position);
  if (event.propensity) record.set_propensity(*event.propensity);
  record.set_model_version(event.model_version.get());
  record.AppendToString(&out);
}

Result<Event> decode_event(std::string_view bytes, const EventTypes& types) {
  v1::EventRecord& record = cleared_record();
  if (bytes.size() > kMaxRecordSize || !record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return data_loss("event record: not a magpie.v1.EventRecord");
  }
  MAGPIE_RETURN_IF_ERROR(validate_record(record));
  const auto type = types.find(record.type());
  if (!type) return failed_precondition("event record: the kind \"" + record.type() + "\" is not configured");
  return to_event(record, *type);
}

}  // namespace magpie

// The stored and wire form of an Event: protobuf message magpie.v1.EventRecord (docs/formats/event_record.md).
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/event.h"

namespace magpie {

// Appends the record to `out`.
void encode_event(const Event& event, const EventTypes& types, std::string& out);

// Fails with kDataLoss on bytes that are no record, with kFailedPrecondition on a kind that `types` does not know.
[[nodiscard]] Result<Event> decode_event(std::string_view bytes, const EventTypes& types);

}  // namespace magpie

// TypeNames: the table of event kinds at the head of a record, for the codecs of this folder.
//
// A record names each kind once and then counts by position in the table, ascending by name: bytes depend neither on
// the order of the configuration nor on the codes in memory. Layout: u8 count, then per kind u8 length and the name.
// Thread-safety: plain values.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "model/event_type.h"

namespace magpie {

using TypeSet = std::bitset<kMaxEventTypes>;  // Indexed by EventType.

// Writes the table of the kinds in `used`. Returns the position of each by EventType.
std::array<std::uint8_t, kMaxEventTypes> write_type_names(const TypeSet& used, const EventTypes& types,
                                                          ByteWriter& writer);

// By position in the table; nullopt: a kind that is not configured any more.
using StoredTypes = std::vector<std::optional<EventType>>;
// kDataLoss where the names are not ascending or too many.
[[nodiscard]] Result<StoredTypes> read_type_names(ByteReader& reader, const EventTypes& types);

}  // namespace magpie

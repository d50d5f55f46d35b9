// Keys of the event log in RocksDB: docs/formats/event_log.md.
// Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ports/event_log.h"

namespace magpie::embedded {

// Partition and offset, both big-endian: the order of bytes is the order of records.
inline constexpr std::size_t kRecordKeyBytes = 12;
using RecordKey = std::array<char, kRecordKeyBytes>;

[[nodiscard]] RecordKey record_key(Partition partition, Offset offset);
// Precondition: kRecordKeyBytes bytes.
[[nodiscard]] Offset offset_of(std::string_view key);

[[nodiscard]] std::string partitions_key();
[[nodiscard]] std::string begin_key(Partition partition);
[[nodiscard]] std::string end_key(Partition partition);

// Numbers as values: 8 bytes, big-endian.
[[nodiscard]] std::string number_value(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view value);

}  // namespace magpie::embedded

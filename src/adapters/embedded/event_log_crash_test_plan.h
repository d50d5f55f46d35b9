// What event_log_crash_child writes and event_log_crash_test expects.
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/embedded/storage.h"
#include "tests/contract/samples.h"

namespace magpie::embedded::crash {

inline constexpr std::uint64_t kBatch = 50;  // Events an append.

// Small memtables, so that the kills also fall into flushes and compactions.
[[nodiscard]] inline Result<std::unique_ptr<Storage>> open_storage(const std::filesystem::path& directory) {
  static const EventTypes types = EventTypes::defaults();
  static const SystemClock clock;
  return Storage::open(directory, types, clock, nullptr, {.memtables = 512 << 10, .wal = 1 << 20});
}

// The user's state once that many events are applied.
[[nodiscard]] inline UserState state_after(Offset applied) {
  constexpr std::uint64_t kLargest = 900;
  return contract::sample_state(static_cast<std::uint32_t>(applied / kBatch % kLargest) + 1, contract::kNoon);
}

}  // namespace magpie::embedded::crash

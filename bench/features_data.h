// Generated history for features_100m: users in sessions, items by Zipf's law, recommendations shown, clicked and
// bought, robots, events that were sent twice and double clicks. The same number of events: the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/status.h"
#include "ports/history_store.h"

namespace magpie::bench {

// 90 days from here on.
inline constexpr Timestamp kGeneratedStart = from_unix_ms(1'767'225'600'000);  // 2026-01-01.
inline constexpr TimeWindow kGeneratedWindow{kGeneratedStart, kGeneratedStart + std::chrono::days(90)};

// Writes <raw>/{events,items,event_types} as batch::read_raw would, of about `events` events: one of 250 is a user's
// first, and there is an item for each 500 events, at most 200,000.
[[nodiscard]] Status generate_history(std::uint64_t events, const std::filesystem::path& raw);

}  // namespace magpie::bench

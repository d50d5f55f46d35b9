// The texts that files hold, as values: timestamps, numbers, flags, lists.
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace magpie::batch {

enum class TimeUnit : std::uint8_t {
  kAuto,  // ISO 8601 where there is a '-' inside; numbers by their size: seconds up to 1e11, ms up to 1e14, then us.
  kSeconds,
  kMilliseconds,
  kMicroseconds,
  kIso8601,
};
[[nodiscard]] std::optional<TimeUnit> parse_time_unit(std::string_view name);  // "auto", "s", "ms", "us", "iso"

// Milliseconds since 1970, UTC. Numbers may have a fraction or an exponent; dates are YYYY-MM-DD, alone or followed by
// 'T' or a space, hh:mm[:ss[.fraction]] and 'Z' or +hh:mm (none: UTC). nullopt for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text, TimeUnit unit);

// Finite, the whole text.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

// true, false, 1, 0, yes, no; in any case.
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text);

// Without empty parts and without spaces around them; an empty separator gives the whole text as one part.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, std::string_view separator);

}  // namespace magpie::batch

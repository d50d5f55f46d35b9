// Stable 64-bit hashes: the same on every machine and in every version, so they may be stored.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace magpie {

// XXH3-64, seed 0 (https://github.com/Cyan4973/xxHash).
[[nodiscard]] std::uint64_t hash64(std::string_view bytes);

// XXH3-128 as 32 lower-case hex digits: the checksum of stored artifacts (damage, not tampering).
[[nodiscard]] std::string checksum128(std::span<const char> bytes);

}  // namespace magpie

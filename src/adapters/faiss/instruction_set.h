// The instruction sets that a plugin is built for, best first.
// Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace magpie::faiss_ann {

enum class InstructionSet : std::uint8_t { kAvx512, kAvx2 };
inline constexpr std::array kInstructionSets = {InstructionSet::kAvx512, InstructionSet::kAvx2};

[[nodiscard]] std::string_view to_string(InstructionSet set);  // "avx512", "avx2"

// Whether this processor, and the operating system's saving of its registers, have all that the plugin is compiled for.
[[nodiscard]] bool is_supported(InstructionSet set);

}  // namespace magpie::faiss_ann

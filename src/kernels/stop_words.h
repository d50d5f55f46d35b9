// The stop words of each language. Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "kernels/language.h"

namespace magpie {

// In lower case, ascending by bytes; none of kNone.
[[nodiscard]] std::span<const std::string_view> stop_words(Language language);

}  // namespace magpie

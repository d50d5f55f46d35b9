// Text for a terminal: cells cut or padded to a width, counted in characters and not in bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace magpie::app {

// Exactly `width` characters: padded with spaces, or cut with an ellipsis. Precondition: `text` is UTF-8, width > 0.
[[nodiscard]] std::string cell(std::string_view text, std::size_t width);

}  // namespace magpie::app

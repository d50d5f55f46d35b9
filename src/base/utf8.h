// UTF-8 well-formedness (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string_view>

namespace magpie {

[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Valid UTF-8 without control characters (U+0000..U+001F, U+007F..U+009F): what an id or a name may hold.
[[nodiscard]] bool is_printable_utf8(std::string_view text);

}  // namespace magpie

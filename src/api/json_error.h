// Where and why a text is not JSON, for the client who has to mend it. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace magpie::api {

// "malformed JSON at line 1, column 5: ..."; nullopt where the text is JSON.
// Cost: one pass over the text up to the fault, slower than simdjson's: for texts already known to be wrong somehow.
[[nodiscard]] std::optional<std::string> find_json_fault(std::string_view text);

}  // namespace magpie::api

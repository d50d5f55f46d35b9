// Sealed JSON: a document for people and for other programs that carries the number of its format and a checksum of
// itself (against damage, not against tampering). The checksum is XXH3-128 of the object without it, keys ascending, no
// white space: layout says nothing.
// Thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/status.h"

namespace magpie::embedded {

// Adds `format` and `checksum` to the object. Throws what the library throws on text that is not UTF-8.
[[nodiscard]] std::string seal_json(nlohmann::json object, int format);

// The object, its `format` in it. `noun` begins every message ("the manifest").
// kDataLoss: damaged. kFailedPrecondition: of another format.
[[nodiscard]] Result<nlohmann::json> open_sealed_json(std::string_view text, int format, const std::string& noun);

}  // namespace magpie::embedded

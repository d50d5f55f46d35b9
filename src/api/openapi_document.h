// api/openapi.yaml, as it was when the program was built. Thread-safe.
#pragma once

#include <string_view>

namespace magpie::api {

[[nodiscard]] std::string_view openapi_document();

}  // namespace magpie::api

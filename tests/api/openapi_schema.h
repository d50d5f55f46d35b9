// The part of OpenAPI 3.1 that api/openapi.yaml is written in, as JSON, and validation against its schemas.
// Thread-safety: immutable once loaded.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace magpie::api {

// YAML as JSON, with every `$ref` replaced by what it points to. Throws std::runtime_error on a broken document.
[[nodiscard]] nlohmann::json load_openapi(const std::string& yaml);

// nullopt where the value fits; else what does not.
[[nodiscard]] std::optional<std::string> mismatch(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace magpie::api

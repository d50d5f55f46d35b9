// The bytes of a model directory's aliases (docs/formats/model_directory.md).
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/model_aliases.h"

namespace magpie::embedded {

// Precondition: validate(aliases).
[[nodiscard]] std::string encode_model_aliases(const ModelAliases& aliases);
// kDataLoss: damaged, or aliases that contradict themselves. kFailedPrecondition: of another format.
[[nodiscard]] Result<ModelAliases> decode_model_aliases(std::string_view text);

}  // namespace magpie::embedded

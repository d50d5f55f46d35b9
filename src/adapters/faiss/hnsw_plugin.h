// What a plugin shows to the loader: one function. Loader and plugin are of one build; the version refuses another's.
#pragma once

#include <cstdint>
#include <memory>

#include "adapters/faiss/hnsw_settings.h"
#include "ports/vector_index.h"

namespace magpie::faiss_ann {

inline constexpr std::uint32_t kPluginVersion = 1;
inline constexpr const char* kPluginFunction = "magpie_ann_create_factory";

// Fills `factory` and returns true; false where `version` is not the plugin's. `set` is for describe().
using CreateFactory = bool (*)(std::uint32_t version, const char* set, const HnswSettings& settings,
                               std::unique_ptr<VectorIndexFactory>& factory) noexcept;

}  // namespace magpie::faiss_ann

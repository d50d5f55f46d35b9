// The one function that a vector search plugin exports: its factory of indexes, built for one instruction set.
//
// Both sides are built from the same sources in one build, so C++ types may cross; the version guards against a plugin
// left behind by another build.
#pragma once

#include <cstdint>

#include "ports/vector_index.h"

namespace magpie::faiss_ann {

struct HnswSettings {
  int neighbours = 16;         // M: links a node; memory grows with it.
  int build_effort = 200;      // efConstruction
  int search_effort = 128;     // efSearch, at least; a search for k rows uses at least k.
};

inline constexpr std::uint32_t kPluginVersion = 1;
inline constexpr auto kPluginEntry = "magpie_ann_factory";
// nullptr where `version` is not the plugin's. The caller owns the result.
using PluginEntry = VectorIndexFactory* (*)(std::uint32_t version, const HnswSettings& settings);

}  // namespace magpie::faiss_ann

// Loads the plugin that holds FAISS for this processor: lib/magpie/libmagpie_ann_<set>.so.
//
// FAISS, OpenBLAS and OpenMP come into the process with the plugin and only then. A plugin is never unloaded: indexes
// that it made may live on, and OpenMP's threads do.
// Thread-safe.
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/faiss/hnsw_settings.h"
#include "adapters/faiss/instruction_set.h"
#include "base/status.h"
#include "ports/vector_index.h"

namespace magpie::faiss_ann {

// Where the plugins are: ../lib/magpie seen from the running program's folder, or that folder itself.
[[nodiscard]] std::filesystem::path plugin_directory();

// The plugin for the best instruction set that the processor has and the directory holds. Errors: kFailedPrecondition,
// saying of each set why not.
[[nodiscard]] Result<std::unique_ptr<VectorIndexFactory>> load_factory(const std::filesystem::path& directory,
                                                                       const HnswSettings& settings);

// The plugin for this instruction set and no other.
[[nodiscard]] Result<std::unique_ptr<VectorIndexFactory>> load_factory(const std::filesystem::path& directory,
                                                                       const HnswSettings& settings,
                                                                       InstructionSet set);

}  // namespace magpie::faiss_ann

// The manifest of a model version: what it is, and the size and checksum of each of its files
// (docs/formats/model_directory.md).
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/trained_model.h"

namespace magpie::embedded {

struct ArtifactEntry {
  std::uint64_t bytes = 0;
  std::string checksum;  // checksum128
};

struct ModelManifest {
  ModelInfo info;
  std::map<std::string, ArtifactEntry> artifacts;  // By file name.
};

// Of the artifacts' bytes. kInvalidArgument: a name that is no plain file name, a metric that is not finite, text that
// is not UTF-8.
[[nodiscard]] Result<ModelManifest> make_model_manifest(const ModelInfo& info, const ModelArtifacts& artifacts);

// JSON for people and for other programs; it carries a checksum of itself.
[[nodiscard]] Result<std::string> encode_model_manifest(const ModelManifest& manifest);
// kDataLoss: damaged. kFailedPrecondition: written in another version of the format.
[[nodiscard]] Result<ModelManifest> decode_model_manifest(std::string_view text);

}  // namespace magpie::embedded

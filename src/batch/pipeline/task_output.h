// The output of a task: a directory that appears whole, by one rename, with a manifest of its files and their checksums
// (docs/formats/pipeline_run.md).
// Not durable: what a power cut takes is seen by verify_output().
// Thread-safe for different directories.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace magpie::batch::pipeline {

// An empty directory, whatever was there.
[[nodiscard]] Status prepare_output(const std::filesystem::path& making);

// Writes the manifest of what is in `made`, and renames it to `sealed`, replacing what is there.
[[nodiscard]] Status seal_output(const std::filesystem::path& made, const std::filesystem::path& sealed);

// kDataLoss, naming the file, unless each file is byte for byte what was sealed; kNotFound where nothing was.
[[nodiscard]] Status verify_output(const std::filesystem::path& sealed);

// A checksum of everything sealed: equal outputs have equal ones.
[[nodiscard]] Result<std::string> output_checksum(const std::filesystem::path& sealed);

}  // namespace magpie::batch::pipeline

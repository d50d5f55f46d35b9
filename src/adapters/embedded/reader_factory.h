// Opens a file of records with the reader of its format.
// Thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ports/record_reader.h"

namespace magpie::embedded {

// What the file's extension says: .csv, .tsv, .jsonl, .ndjson, .parquet and the like; nullopt for any other.
[[nodiscard]] std::optional<RecordOptions> record_options_by_extension(const std::filesystem::path& path);

// An OpenRecords (ports/record_reader.h).
[[nodiscard]] Result<std::unique_ptr<RecordReader>> open_records(const std::filesystem::path& path,
                                                                 const RecordOptions& options);

}  // namespace magpie::embedded

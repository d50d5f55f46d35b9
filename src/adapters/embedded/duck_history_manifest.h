// HistoryManifest: which files history consists of, and up to which offset of the log they reach.
//
// The manifest is the truth: a file that it does not list does not exist. Replacing it is the commit of every change
// (docs/formats/history.md).
// Thread-safety: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "ports/history_store.h"

namespace magpie::embedded {

using Day = std::chrono::sys_days;  // UTC.

[[nodiscard]] inline Day day_of(Timestamp time) { return std::chrono::floor<std::chrono::days>(time); }
[[nodiscard]] std::string to_iso_date(Day day);  // "2026-01-31"

struct HistoryFile {
  Day day;
  std::uint64_t number = 0;  // Unique for the life of the history.
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string checksum;      // base/hash.h checksum128 of the whole file.

  // "day=2026-01-31/part-00000001.parquet", relative to the history directory.
  [[nodiscard]] std::filesystem::path path() const;
  friend bool operator==(const HistoryFile&, const HistoryFile&) = default;
};

struct HistoryManifest {
  std::map<Partition, Offset> persisted;
  std::uint64_t next_number = 1;   // Of the next file.
  std::vector<HistoryFile> files;  // Ascending by (day, number).

  void add(HistoryFile file);
  void remove(std::uint64_t number);
  friend bool operator==(const HistoryManifest&, const HistoryManifest&) = default;
};

[[nodiscard]] std::string encode_manifest(const HistoryManifest& manifest);
// Fails with kDataLoss on anything that is no manifest, kFailedPrecondition on another version of the format.
[[nodiscard]] Result<HistoryManifest> decode_manifest(std::string_view bytes);

}  // namespace magpie::embedded

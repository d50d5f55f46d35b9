// RecordReader: rows of named text fields from a file, whatever its format, for imports.
//
// Thread-safety: one reader a thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace magpie {

struct Record {
  std::uint64_t line = 0;  // Of the file, from 1; for Parquet the row, from 1.
  std::vector<std::string> fields;  // Same order as RecordReader::columns().
};

// A row that cannot be split into fields at all.
struct BadRecord {
  std::uint64_t line = 0;
  std::string reason;
  std::string text;  // As read, at most 4 KiB.
};

class RecordReader {
 public:
  RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  virtual ~RecordReader() = default;

  [[nodiscard]] virtual const std::vector<std::string>& columns() const = 0;
  // False at the end. A bad row goes to `bad` and reading goes on.
  [[nodiscard]] virtual Result<bool> next(Record& record, const std::function<void(BadRecord)>& bad) = 0;
};

enum class RecordFormat : std::uint8_t { kDelimited, kJsonLines, kParquet };
enum class TextEncoding : std::uint8_t { kUtf8, kLatin1 };  // Latin-1 is turned into UTF-8.

struct RecordOptions {
  RecordFormat format = RecordFormat::kDelimited;
  // The rest is for kDelimited only.
  std::string separator = ",";       // One or more bytes.
  bool quotes = true;                // "fields in quotes", as RFC 4180 has them.
  std::vector<std::string> columns;  // Names, where the first row does not hold them.
  TextEncoding encoding = TextEncoding::kUtf8;
};

// Errors: kNotFound (no such file), kInvalidArgument (not of this format), kUnavailable.
using OpenRecords =
    std::function<Result<std::unique_ptr<RecordReader>>(const std::filesystem::path&, const RecordOptions&)>;

}  // namespace magpie

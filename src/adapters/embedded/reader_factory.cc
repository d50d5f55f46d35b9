#include "adapters/embedded/reader_factory.h"

#include <algorithm>
#include <cctype>

#include "adapters/embedded/csv_reader.h"
#include "adapters/embedded/json_lines_reader.h"
#include "adapters/embedded/parquet_reader.h"

namespace magpie::embedded {
namespace {

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

}  // namespace

std::optional<RecordOptions> record_options_by_extension(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  RecordOptions options;
  if (extension == ".csv") return options;
  if (extension == ".tsv" || extension == ".tab") {
    // Tab-separated values have no quotes (IANA text/tab-separated-values).
    options.separator = "\t";
    options.quotes = false;
    return options;
  }
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json") {
    options.format = RecordFormat::kJsonLines;
    return options;
  }
  if (extension == ".parquet" || extension == ".pq") {
    options.format = RecordFormat::kParquet;
    return options;
  }
  return std::nullopt;
}

Result<std::unique_ptr<RecordReader>> open_records(const std::filesystem::path& path, const RecordOptions& options) {
  switch (options.format) {
    case RecordFormat::kDelimited: return CsvReader::open(path, options);
    case RecordFormat::kJsonLines: return JsonLinesReader::open(path);
    case RecordFormat::kParquet: return ParquetReader::open(path);
  }
  return invalid_argument("format", "unknown");
}

}  // namespace magpie::embedded

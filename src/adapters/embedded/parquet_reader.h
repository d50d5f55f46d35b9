// ParquetReader: the rows of a Parquet file as text, through DuckDB.
//
// Lists are joined by '|', timestamps become milliseconds since 1970, other nested values their DuckDB text. A file
// that is damaged half-way fails there with kInvalidArgument; there is no such thing as a single bad row.
#pragma once

#include <filesystem>

#include "adapters/embedded/duck_session.h"
#include "ports/record_reader.h"

namespace magpie::embedded {

class ParquetReader final : public RecordReader {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RecordReader>> open(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
  [[nodiscard]] Result<bool> next(Record& record, const std::function<void(BadRecord)>& bad) override;

 private:
  explicit ParquetReader(DuckSession session) : session_(std::move(session)) {}
  [[nodiscard]] Status open_rows(const std::string& table);

  // Declared in the order of their lives: a chunk is of the stream, the stream of the session.
  DuckSession session_;
  std::vector<std::string> columns_;
  DuckStream rows_;
  DuckChunk chunk_;
  idx_t row_ = 0;            // Next in chunk_.
  std::uint64_t line_ = 0;   // Rows read so far.
};

}  // namespace magpie::embedded

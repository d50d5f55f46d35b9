#include "adapters/embedded/parquet_reader.h"

#include <utility>

#include "base/file.h"

namespace magpie::embedded {
namespace {

// The column as VARCHAR.
std::string as_text(const std::string& name, const std::string& type) {
  const std::string column = sql_name(name);
  if (type.ends_with("[]")) return "array_to_string(" + column + ", '|')";
  if (type.starts_with("TIMESTAMP") || type == "DATE") return "epoch_ms(" + column + ")::VARCHAR";
  return column + "::VARCHAR";
}

}  // namespace

Result<std::unique_ptr<RecordReader>> ParquetReader::open(const std::filesystem::path& path) {
  MAGPIE_RETURN_IF_ERROR(MappedFile::open(path).status());  // What DuckDB says of a missing file is hard to tell apart.
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, DuckSession::open({}));
  std::unique_ptr<ParquetReader> reader(new ParquetReader(std::move(session)));
  const Status status = reader->open_rows("read_parquet(" + sql_quoted(path.string()) + ", hive_partitioning = false)");
  if (!status.ok()) return invalid_argument(path.string(), status.error().message());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

Status ParquetReader::open_rows(const std::string& table) {
  // Rows are numbered, so their order matters here.
  MAGPIE_RETURN_IF_ERROR(session_.run("SET preserve_insertion_order = true"));
  MAGPIE_ASSIGN_OR_RETURN(columns_, session_.texts("SELECT column_name FROM (DESCRIBE FROM " + table + ")"));
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> types,
                          session_.texts("SELECT column_type FROM (DESCRIBE FROM " + table + ")"));
  std::string selection;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    selection.append(c == 0 ? "" : ", ").append(as_text(columns_[c], types.at(c)));
  }
  MAGPIE_ASSIGN_OR_RETURN(rows_, session_.stream("SELECT " + selection + " FROM " + table));
  return ok_status();
}

Result<bool> ParquetReader::next(Record& record, const std::function<void(BadRecord)>& /*bad*/) {
  while (!chunk_ || row_ == duckdb_data_chunk_get_size(chunk_.get())) {
    auto chunk = rows_.next();
    if (!chunk.ok()) return invalid_argument("row " + std::to_string(line_ + 1), chunk.error().message());
    chunk_ = std::move(*chunk);
    row_ = 0;
    if (!chunk_) return false;
  }
  record.line = ++line_;
  record.fields.resize(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    record.fields[c] = duck_text(duckdb_data_chunk_get_vector(chunk_.get(), c), row_);
  }
  ++row_;
  return true;
}

}  // namespace magpie::embedded

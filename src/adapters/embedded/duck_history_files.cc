#include "adapters/embedded/duck_history_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include "adapters/embedded/duck_event_table.h"
#include "base/file.h"
#include "base/hash.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

// What a reader finds useful of a row group is its statistics; what a writer feels is that it holds one in memory.
constexpr const char* kParquetOptions = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536, USE_TMP_FILE false)";

Status sync_file(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.valid() && ::fsync(file.get()) == 0) return ok_status();
  return unavailable("cannot sync " + path.string() + ": " + std::strerror(errno));
}

Result<std::string> checksum_of(const fs::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(path));
  return checksum128(file.bytes());
}

Status verify_file(const fs::path& path, const HistoryFile& file) {
  auto checksum = checksum_of(path);
  if (!checksum.ok() && checksum.error().code() != ErrorCode::kNotFound) return checksum.error();
  if (!checksum.ok()) return data_loss("history file " + path.string() + " is missing");
  if (*checksum != file.checksum)
    return data_loss("history file " + path.string() + " is damaged: its checksum differs");
  return ok_status();
}

bool is_day_directory(const fs::directory_entry& entry) {
  return entry.is_directory() && entry.path().filename().string().starts_with("day=");
}

// Relative paths of all files in the directories of days.
Result<std::vector<fs::path>> stored_paths(const fs::path& directory) {
  std::vector<fs::path> paths;
  try {
    for (const auto& day : fs::directory_iterator(directory)) {
      if (!is_day_directory(day)) continue;
      for (const auto& file : fs::directory_iterator(day.path())) {
        paths.push_back(day.path().filename() / file.path().filename());
      }
    }
  } catch (const fs::filesystem_error& failure) {
    return unavailable(failure.what());
  }
  return paths;
}

}  // namespace

Result<HistoryFile> HistoryFiles::write(Day day, std::uint64_t number, std::span<const Event* const> events,
                                        const EventTypes& types) {
  MAGPIE_RETURN_IF_ERROR(session_.run("CREATE OR REPLACE TEMP TABLE day_events (" + event_columns_sql() + ")"));
  MAGPIE_RETURN_IF_ERROR(append_events(session_, "day_events", events, types));
  MAGPIE_ASSIGN_OR_RETURN(HistoryFile file, copy_to_file(day, number, "FROM day_events"));
  file.rows = events.size();
  return file;
}

Result<std::optional<HistoryFile>> HistoryFiles::rewrite(std::span<const HistoryFile> files, std::uint64_t number,
                                                         const std::string& condition) {
  const std::string rows = " FROM " + table_of(files) + " WHERE " + condition;
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> count, session_.texts("SELECT count(*)::VARCHAR" + rows));
  if (count.at(0) == "0") return std::optional<HistoryFile>();
  MAGPIE_ASSIGN_OR_RETURN(HistoryFile file, copy_to_file(files.front().day, number,
                                                         "SELECT *" + rows + " ORDER BY timestamp_ms, event_id"));
  file.rows = std::stoull(count[0]);
  return std::optional(std::move(file));
}

std::string HistoryFiles::table_of(std::span<const HistoryFile> files) const {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const HistoryFile& file : files) paths.push_back((directory_ / file.path()).string());
  return "read_parquet(" + sql_list(paths) + ", hive_partitioning = false)";
}

Result<HistoryFile> HistoryFiles::copy_to_file(Day day, std::uint64_t number, const std::string& rows_sql) {
  HistoryFile file;
  file.day = day;
  file.number = number;
  const fs::path path = directory_ / file.path();
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(path.parent_path()));
  MAGPIE_RETURN_IF_ERROR(
      session_.run("COPY (" + rows_sql + ") TO " + sql_quoted(path.string()) + " " + kParquetOptions));
  MAGPIE_RETURN_IF_ERROR(sync_file(path));
  MAGPIE_RETURN_IF_ERROR(sync_directory(path.parent_path()));
  MAGPIE_ASSIGN_OR_RETURN(const MappedFile written, MappedFile::open(path));
  file.bytes = written.bytes().size();
  file.checksum = checksum128(written.bytes());
  return file;
}

Status verify_files(const fs::path& directory, std::span<const HistoryFile> files) {
  for (const HistoryFile& file : files) MAGPIE_RETURN_IF_ERROR(verify_file(directory / file.path(), file));
  return ok_status();
}

Status remove_files(const fs::path& directory, std::span<const HistoryFile> files) {
  std::set<fs::path> days;
  for (const HistoryFile& file : files) {
    const fs::path path = directory / file.path();
    MAGPIE_RETURN_IF_ERROR(magpie::remove_all(path));
    days.insert(path.parent_path());
  }
  for (const fs::path& day : days) {
    MAGPIE_RETURN_IF_ERROR(sync_directory(day));
    std::error_code not_empty;
    fs::remove(day, not_empty);
  }
  return ok_status();
}

Status remove_orphans(const fs::path& directory, const HistoryManifest& manifest) {
  std::set<fs::path> listed;
  for (const HistoryFile& file : manifest.files) listed.insert(file.path());
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<fs::path> stored, stored_paths(directory));
  for (const fs::path& path : stored) {
    if (!listed.contains(path)) MAGPIE_RETURN_IF_ERROR(magpie::remove_all(directory / path));
  }
  return ok_status();
}

}  // namespace magpie::embedded

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

Status with_descriptor(const fs::path& path, int (*call)(int descriptor)) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.valid() && call(file.get()) == 0) return ok_status();
  return unavailable("cannot sync " + path.string() + ": " + std::strerror(errno));
}

Status sync_file(const fs::path& path) { return with_descriptor(path, ::fsync); }
Status sync_file_system(const fs::path& path) { return with_descriptor(path, ::syncfs); }

// Each fsync waits for the device once more. From so many files on, syncing the whole file system is faster, though it
// writes what others have left to write, too.
constexpr std::size_t kManyFiles = 16;

// The directories of the files' days, relative to the history directory.
std::set<fs::path> days_of(std::span<const HistoryFile> files) {
  std::set<fs::path> days;
  for (const HistoryFile& file : files) days.insert(file.path().parent_path());
  return days;
}

// Makes durable which names the directories hold.
Status sync_days(const fs::path& directory, const std::set<fs::path>& days) {
  if (days.size() >= kManyFiles) return sync_file_system(directory);
  for (const fs::path& day : days) MAGPIE_RETURN_IF_ERROR(sync_directory(directory / day));
  return sync_directory(directory);
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

Status link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_directories(to.parent_path(), failure);
  if (!failure) fs::create_hard_link(from, to, failure);
  if (failure) fs::copy_file(from, to, failure);
  if (failure) return unavailable("cannot copy " + from.string() + " to " + to.string() + ": " + failure.message());
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

Status HistoryFiles::export_to(std::span<const HistoryFile> files, const fs::path& to) {
  for (const HistoryFile& file : files)
    MAGPIE_RETURN_IF_ERROR(link_or_copy(directory_ / file.path(), to / file.path()));
  MAGPIE_RETURN_IF_ERROR(session_.run("CREATE OR REPLACE TEMP TABLE no_events (" + event_columns_sql() + ")"));
  return session_.run("COPY no_events TO " + sql_quoted((to / "columns.parquet").string()) + " " + kParquetOptions);
}

Status HistoryFiles::sync(std::span<const HistoryFile> files) const {
  if (files.size() >= kManyFiles) return sync_file_system(directory_);
  for (const HistoryFile& file : files) MAGPIE_RETURN_IF_ERROR(sync_file(directory_ / file.path()));
  return sync_days(directory_, days_of(files));
}

Result<std::vector<HistoryFile>> HistoryFiles::files_with(std::span<const HistoryFile> files,
                                                          const std::string& condition) {
  const std::string table = table_of(files, ", filename = true");
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                          session_.texts("SELECT DISTINCT filename FROM " + table + " WHERE " + condition));
  const std::set<std::string> named(names.begin(), names.end());
  std::vector<HistoryFile> found;
  for (const HistoryFile& file : files) {
    if (named.contains((directory_ / file.path()).string())) found.push_back(file);
  }
  return found;
}

std::string HistoryFiles::table_of(std::span<const HistoryFile> files, const std::string& options) const {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const HistoryFile& file : files) paths.push_back((directory_ / file.path()).string());
  // By name: files from before a column was added lack it, and it is the last of the others.
  return "read_parquet(" + sql_list(paths) + ", hive_partitioning = false, union_by_name = true" + options + ")";
}

Result<HistoryFile> HistoryFiles::copy_to_file(Day day, std::uint64_t number, const std::string& rows_sql) {
  HistoryFile file;
  file.day = day;
  file.number = number;
  const fs::path path = directory_ / file.path();
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) return unavailable("cannot create " + path.parent_path().string() + ": " + failure.message());
  MAGPIE_RETURN_IF_ERROR(
      session_.run("COPY (" + rows_sql + ") TO " + sql_quoted(path.string()) + " " + kParquetOptions));
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
  for (const HistoryFile& file : files) {
    const fs::path path = directory / file.path();
    std::error_code failure;
    fs::remove(path, failure);
    if (failure) return unavailable("cannot remove " + path.string() + ": " + failure.message());
  }
  const std::set<fs::path> days = days_of(files);
  MAGPIE_RETURN_IF_ERROR(sync_days(directory, days));
  for (const fs::path& day : days) {
    std::error_code not_empty;
    fs::remove(directory / day, not_empty);
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

// The Parquet files of history: written, rewritten, checked. Nothing here knows of the manifest.
// Thread-safety: as DuckSession's.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/embedded/duck_history_manifest.h"
#include "adapters/embedded/duck_session.h"
#include "model/event.h"

namespace magpie::embedded {

class HistoryFiles {
 public:
  // `session` must outlive this object.
  HistoryFiles(const std::filesystem::path& directory, DuckSession& session)
      : directory_(directory), session_(session) {}

  // Writes one day's events as file `number`. Not durable before sync().
  [[nodiscard]] Result<HistoryFile> write(Day day, std::uint64_t number, std::span<const Event* const> events,
                                          const EventTypes& types);
  // Writes the rows of files of one day that satisfy an SQL condition as file `number`; nullopt where none does. Not
  // durable before sync().
  [[nodiscard]] Result<std::optional<HistoryFile>> rewrite(std::span<const HistoryFile> files, std::uint64_t number,
                                                           const std::string& condition);

  // Links the files (copies them into another file system) into a directory, beside an empty file that has every
  // column: files from before a column was added lack it. Not durable.
  [[nodiscard]] Status export_to(std::span<const HistoryFile> files, const std::filesystem::path& to);

  // Makes files and their names durable.
  [[nodiscard]] Status sync(std::span<const HistoryFile> files) const;

  // read_parquet([...]): a table of the files' rows, for a FROM clause; `options` as ", name = value".
  [[nodiscard]] std::string table_of(std::span<const HistoryFile> files, const std::string& options = {}) const;
  // The files that have a row that satisfies an SQL condition.
  [[nodiscard]] Result<std::vector<HistoryFile>> files_with(std::span<const HistoryFile> files,
                                                            const std::string& condition);

 private:
  [[nodiscard]] Result<HistoryFile> copy_to_file(Day day, std::uint64_t number, const std::string& rows_sql);

  const std::filesystem::path& directory_;
  DuckSession& session_;
};

// kDataLoss, naming the file, unless each file is byte for byte what was written.
[[nodiscard]] Status verify_files(const std::filesystem::path& directory, std::span<const HistoryFile> files);

// Removes the files, and the directories of days that have none left; durable on return. A writer whose directory goes
// away under it gets kUnavailable, and finds it created anew when it tries again.
[[nodiscard]] Status remove_files(const std::filesystem::path& directory, std::span<const HistoryFile> files);

// Removes what a crash left behind: Parquet files that the manifest does not list, and spilled data.
[[nodiscard]] Status remove_orphans(const std::filesystem::path& directory, const HistoryManifest& manifest);

}  // namespace magpie::embedded

// DuckHistoryStore: history as Parquet files, one directory a day, written and read by DuckDB
// (docs/formats/history.md).
//
//   <directory>/manifest.json                        what exists; replacing it is every change's commit
//   <directory>/day=2026-01-31/part-00000007.parquet
//   <directory>/spill/                               DuckDB's, while an operation runs
//
// Every operation has a DuckDB instance of its own, closed at its end: between operations no memory is held but the
// manifest. scan() reads a day at a time, so that a window of any length fits.
// Thread-safe. One append, one rewriting operation and any number of scans run side by side; only the removal of files
// waits for the scans that may read them. A visitor must not call the store. One process a directory (embedded::Storage
// holds the lock of the data directory).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "adapters/embedded/duck_history_files.h"
#include "adapters/embedded/duck_history_manifest.h"
#include "ports/history_store.h"

namespace magpie::embedded {

struct DuckHistorySettings {
  std::size_t memory_limit_bytes = 128UL << 20U;  // Of one operation; more is spilled. Below 96 MiB sorting may fail.
  std::size_t threads = 1;  // Of one operation.
  std::size_t small_file_bytes = 64UL << 20U;  // compact() merges files below this size.
};

class DuckHistoryStore final : public HistoryStore {
 public:
  // Creates the directory, or opens what it holds and removes what a crash left behind. `types` must outlive the store.
  // Errors: kDataLoss (the manifest), kFailedPrecondition (written by another version), kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<DuckHistoryStore>> open(std::filesystem::path directory,
                                                                      const EventTypes& types,
                                                                      DuckHistorySettings settings = {});

  [[nodiscard]] Result<Offset> persisted(Partition partition) override;
  [[nodiscard]] Status append(Partition partition, std::span<const LoggedEvent> events, Offset next) override;
  [[nodiscard]] Status scan(TimeWindow window, const Visit& visit) override;
  [[nodiscard]] Result<HistorySummary> summary() override;
  // Links the files where it can: no byte is copied within a file system.
  [[nodiscard]] Status export_window(TimeWindow window, const std::filesystem::path& to) override;
  [[nodiscard]] Result<std::size_t> retain(Timestamp horizon) override;
  [[nodiscard]] Result<std::size_t> compact() override;
  [[nodiscard]] Status erase(const UserId& user) override;

 private:
  DuckHistoryStore(std::filesystem::path directory, const EventTypes& types, DuckHistorySettings settings,
                   HistoryManifest manifest);

  [[nodiscard]] HistoryManifest manifest() const;
  // Applies the change to the manifest and stores it: all of it happens, or nothing.
  [[nodiscard]] Status commit(const std::function<void(HistoryManifest&)>& change);
  [[nodiscard]] std::uint64_t take_number();
  [[nodiscard]] Result<DuckSession> open_session() const;
  // Replaces each group of files of one day by one file with their rows that satisfy the condition.
  using Groups = std::span<const std::span<const HistoryFile>>;
  [[nodiscard]] Status replace(HistoryFiles& files, Groups groups, const std::string& condition);
  [[nodiscard]] Status replace_together(HistoryFiles& files, Groups groups, const std::string& condition);
  // Takes files out of the manifest, then off the disk.
  [[nodiscard]] Status drop(std::span<const HistoryFile> files);
  [[nodiscard]] Status unlink(std::span<const HistoryFile> files);

  const std::filesystem::path directory_;
  const EventTypes& types_;
  const DuckHistorySettings settings_;

  // Taken in this order.
  std::mutex append_mutex_;  // One append.
  std::mutex rewrite_mutex_;  // One of retain, compact, erase.
  std::shared_mutex files_mutex_;  // Shared: files may be read. Unique: files may be removed.
  mutable std::mutex manifest_mutex_;
  HistoryManifest manifest_;  // Guarded by manifest_mutex_.
};

}  // namespace magpie::embedded

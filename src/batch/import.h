// Import: items, users and events from files. Every row that cannot be taken is reported with file, line and reason,
// and the rest is kept.
//
// Importing a file again changes nothing: items and users are replaced by themselves, and events keep their ids, also
// with another rebase.
// Thread-safety: one import a thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "batch/import_row.h"
#include "batch/rejects.h"
#include "model/item.h"
#include "ports/record_reader.h"

namespace magpie::batch {

struct ImportSource {
  std::filesystem::path path;
  ImportKind kind = ImportKind::kEvents;
  RecordOptions format;
  ColumnMapping mapping;
};

struct ImportPlan {
  std::vector<ImportSource> sources;
  // Shifts the timestamps of all events by one constant, so that the newest of them is at this time.
  std::optional<Timestamp> rebase_to;
  std::size_t batch = 5000;  // Rows handed over at a time.
};

// A row of a batch that the receiver did not take.
struct Refusal {
  std::size_t index = 0;
  std::string reason;
};

// Where rows go. An error ends the import; a refusal is one more reject.
struct ImportSink {
  std::function<Result<std::vector<Refusal>>(std::vector<Item>)> items;
  std::function<Result<std::vector<Refusal>>(std::vector<User>)> users;
  std::function<Result<std::vector<Refusal>>(std::vector<ImportedEvent>)> events;
};

struct ImportReport {
  std::uint64_t items = 0;  // Taken.
  std::uint64_t users = 0;
  std::uint64_t events = 0;
  std::uint64_t rejected = 0;
  std::optional<Timestamp> oldest;  // Of the events, after rebasing.
  std::optional<Timestamp> newest;
};

// Called after each batch.
using ImportProgress = std::function<void(const ImportReport&)>;

// Items and users first, then events, which so find the categories of their items.
[[nodiscard]] Result<ImportReport> run_import(const ImportPlan& plan, const OpenRecords& open, const ImportSink& sink,
                                              Rejects& rejects, Timestamp now, const ImportProgress& progress);

}  // namespace magpie::batch

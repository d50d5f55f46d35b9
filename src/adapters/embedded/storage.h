// Storage: event log, features and catalogue of the embedded profile, in one RocksDB of one data directory.
//
// One database, so that one write-ahead log orders the writes of all three: whatever is synced makes everything before
// it durable too. One process at a time owns a data directory.
// Thread-safe but for construction and destruction.
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/status.h"
#include "model/event_type.h"
#include "ports/catalogue_store.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"

namespace magpie::embedded {

// Sizes in bytes; together they bound the memory of the storage.
struct StorageSettings {
  std::size_t memtables = 16 << 20;      // Of all families together.
  std::size_t block_cache = 8 << 20;
  std::size_t feature_table = 24 << 20;  // Decoded user features in front of the database.
  std::size_t append_queue = 16 << 20;   // Encoded events waiting for a group commit.
  std::size_t wal = 64 << 20;            // On disk: replayed at start, so it bounds the time of a restart.
  Partition log_partitions = 1;          // Of a new event log; an existing one keeps its own.
};

class Storage {
 public:
  // Creates what is missing. `types`, `clock` and `metrics` outlive the storage; without `metrics` nothing is recorded.
  // kFailedPrecondition: another process runs on the directory, or another version wrote it; kDataLoss: damaged;
  // kResourceExhausted: disk full.
  [[nodiscard]] static Result<std::unique_ptr<Storage>> open(const std::filesystem::path& directory,
                                                             const EventTypes& types, const Clock& clock,
                                                             Metrics* metrics, const StorageSettings& settings = {});
  // Commits what is queued. Nobody may be using the stores.
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  [[nodiscard]] EventLog& event_log();
  [[nodiscard]] FeatureStore& features();
  [[nodiscard]] CatalogueStore& catalogue();

 private:
  struct Parts;
  explicit Storage(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace magpie::embedded

#include "adapters/embedded/storage.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <string>
#include <utility>
#include <vector>

#include "adapters/embedded/rocks_catalogue_store.h"
#include "adapters/embedded/rocks_event_log.h"
#include "adapters/embedded/rocks_feature_store.h"
#include "adapters/embedded/rocks_status.h"
#include "adapters/embedded/storage_format.h"

namespace magpie::embedded {
namespace {

constexpr std::uint64_t kPeriodicCompaction = 7 * 24 * 3600;  // seconds; erased bytes are off the disk by then.
constexpr int kBloomBitsPerKey = 10;
constexpr int kMaxOpenFiles = 256;

// What the families share.
struct Shared {
  explicit Shared(const StorageSettings& settings)
      : cache(rocksdb::NewLRUCache(settings.block_cache)),
        memtables(std::make_shared<rocksdb::WriteBufferManager>(settings.memtables)),
        memtable_bytes(settings.memtables / 2) {}
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> memtables;
  std::size_t memtable_bytes;  // Of one family: two may be full at a time.
};

rocksdb::DBOptions database_options(const Shared& shared, const StorageSettings& settings) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.write_buffer_manager = shared.memtables;
  options.max_total_wal_size = settings.wal;
  options.max_background_jobs = 2;
  options.max_open_files = kMaxOpenFiles;
  options.bytes_per_sync = 1 << 20;
  // A crash leaves a torn tail, which holds nothing acknowledged: recovery ends before it. A log file that was synced
  // and is now shorter or gone is damage, and refused.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(const Shared& shared, bool point_lookups) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.cache;
  table.format_version = 5;
  if (point_lookups) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = shared.memtable_bytes;
  options.level_compaction_dynamic_level_bytes = true;
  options.periodic_compaction_seconds = kPeriodicCompaction;
  return options;
}

// In the order of `Family`.
std::vector<rocksdb::ColumnFamilyDescriptor> families(const Shared& shared) {
  return {{rocksdb::kDefaultColumnFamilyName, family_options(shared, false)},
          {"events", family_options(shared, false)},
          {"features", family_options(shared, true)},
          {"catalogue", family_options(shared, true)}};
}
enum Family : std::size_t { kMetadata, kEvents, kFeatures, kCatalogue };

class Database {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& directory,
                                                              const StorageSettings& settings);
  ~Database() {
    for (auto* handle : handles_) database_->DestroyColumnFamilyHandle(handle);
    database_->Close();
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& get() { return *database_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle& family(Family family) { return *handles_[family]; }

 private:
  Database(rocksdb::DB* database, std::vector<rocksdb::ColumnFamilyHandle*> handles)
      : database_(database), handles_(std::move(handles)) {}

  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // Owned by the database.
};

Error open_error(const rocksdb::Status& status, const std::filesystem::path& directory) {
  // RocksDB tells a held lock only by its text: "While lock file: .../LOCK: Resource temporarily unavailable" from
  // another process, "lock hold by current process ..." from this one.
  const std::string text = status.ToString();
  if (status.IsIOError() &&
      (text.find("lock file") != std::string::npos || text.find("lock hold") != std::string::npos)) {
    return failed_precondition("another process has " + directory.string() +
                               " open: a Magpie server seems to be running on it");
  }
  // Missing families and unreadable manifests come as an invalid argument.
  if (status.IsInvalidArgument()) return data_loss("cannot open " + directory.string() + ": " + text);
  return to_error(status, "open " + directory.string());
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& directory,
                                                 const StorageSettings& settings) {
  const Shared shared(settings);
  rocksdb::DB* database = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::Open(database_options(shared, settings), (directory / "db").string(),
                                        families(shared), &handles, &database);
  if (!status.ok()) return open_error(status, directory);
  return std::unique_ptr<Database>(new Database(database, std::move(handles)));
}

}  // namespace

// Destroyed from the last to the first: the stores before the database.
struct Storage::Parts {
  Metrics unexposed;  // Where the caller has no metrics.
  std::unique_ptr<Database> database;
  std::unique_ptr<RocksEventLog> event_log;
  std::unique_ptr<RocksFeatureStore> features;
  std::unique_ptr<RocksCatalogueStore> catalogue;
};

Result<std::unique_ptr<Storage>> Storage::open(const std::filesystem::path& directory, const EventTypes& types,
                                               const Clock& clock, Metrics* metrics, const StorageSettings& settings) {
  MAGPIE_RETURN_IF_ERROR(claim_data_directory(directory));
  auto parts = std::make_unique<Parts>();
  Metrics& recorded = metrics != nullptr ? *metrics : parts->unexposed;
  MAGPIE_ASSIGN_OR_RETURN(parts->database, Database::open(directory, settings));
  auto& database = *parts->database;
  const EventLogSettings log{.partitions = settings.log_partitions, .queue_bytes = settings.append_queue};
  MAGPIE_ASSIGN_OR_RETURN(
      parts->event_log, RocksEventLog::open(database.get(), database.family(kEvents), database.family(kMetadata), types,
                                            clock, recorded, log));
  MAGPIE_ASSIGN_OR_RETURN(parts->features, RocksFeatureStore::open(database.get(), database.family(kFeatures), types,
                                                                   recorded, settings.feature_table));
  MAGPIE_ASSIGN_OR_RETURN(parts->catalogue, RocksCatalogueStore::open(database.get(), database.family(kCatalogue)));
  return std::unique_ptr<Storage>(new Storage(std::move(parts)));
}

Storage::Storage(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Storage::~Storage() = default;

EventLog& Storage::event_log() { return *parts_->event_log; }
FeatureStore& Storage::features() { return *parts_->features; }
CatalogueStore& Storage::catalogue() { return *parts_->catalogue; }

}  // namespace magpie::embedded

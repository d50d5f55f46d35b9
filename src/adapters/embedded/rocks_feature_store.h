// RocksFeatureStore: user features, item statistics and trending lists in one column family of RocksDB
// (docs/formats/feature_store.md), with a bounded table of decoded user features in front.
//
// apply() does not wait for the disk. The event log is the truth: states and the offset that they reflect are in one
// batch, so what a crash may lose is a tail of whole batches, and replaying the log from the offset that is left gives
// the same states again. The log's next fsync, on the same write-ahead log, makes them durable too.
// Thread-safe. Readers never wait for writers' disk work; writes are serialised.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "adapters/embedded/feature_table.h"
#include "base/metrics.h"
#include "ports/feature_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace magpie::embedded {

class RocksFeatureStore final : public FeatureStore {
 public:
  // `database`, `family` and `types` outlive the store. `table_bytes` bounds the table of decoded user features.
  [[nodiscard]] static Result<std::unique_ptr<RocksFeatureStore>> open(rocksdb::DB& database,
                                                                       rocksdb::ColumnFamilyHandle& family,
                                                                       const EventTypes& types, Metrics& metrics,
                                                                       std::size_t table_bytes);

  // From the table in well under 1 us; else two reads of the database.
  [[nodiscard]] Result<std::shared_ptr<const UserFeatures>> user(const UserId& id) override;
  [[nodiscard]] Result<ItemStats> item(const ItemId& id) override;
  [[nodiscard]] Result<Offset> applied(Partition partition) override;
  [[nodiscard]] Status apply(FeatureUpdate update) override;
  // Durable. Row by row, not all or none: loading again mends a failure.
  [[nodiscard]] Status load_batch(std::span<const std::pair<UserId, BatchFeatures>> rows) override;
  [[nodiscard]] Status for_each_item(const std::function<void(const ItemId&, const ItemStats&)>& visit) override;
  [[nodiscard]] Status put_trending(std::shared_ptr<const Trending> trending) override;
  [[nodiscard]] Result<std::shared_ptr<const Trending>> trending() override;
  [[nodiscard]] Status erase(const UserId& user) override;
  // Scans all users without decoding them, and blocks other writers only while it removes.
  [[nodiscard]] Result<std::size_t> expire(Timestamp horizon) override;

 private:
  RocksFeatureStore(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family, const EventTypes& types,
                    Metrics& metrics, std::size_t table_bytes);

  [[nodiscard]] Status load_trending();
  [[nodiscard]] Result<FeatureTable::Entry> load_user(const UserId& id);
  void put_state(const UserId& user, const UserState& state, rocksdb::WriteBatch& batch);
  // Of the users given, removes those that are still past the horizon.
  [[nodiscard]] Result<std::size_t> expire_users(std::span<const UserId> users, Timestamp horizon);

  rocksdb::DB& database_;
  rocksdb::ColumnFamilyHandle& family_;
  const EventTypes& types_;
  Counter table_hits_;
  Counter table_misses_;
  FeatureTable table_;
  std::atomic<std::shared_ptr<const Trending>> trending_;
  std::mutex write_mutex_;  // Held over a write of the database and the change of the table that follows it.
};

}  // namespace magpie::embedded

// RocksCatalogueStore: items and users in one column family of RocksDB (docs/formats/catalogue.md); all items are also
// in memory, as the snapshot that requests read. Users are read from the database.
//
// Indices are given anew at every start, in ascending order of ids.
// Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "ports/catalogue_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace magpie::embedded {

class RocksCatalogueStore final : public CatalogueStore {
 public:
  // Reads every item. `database` and `family` outlive the store.
  [[nodiscard]] static Result<std::unique_ptr<RocksCatalogueStore>> open(rocksdb::DB& database,
                                                                         rocksdb::ColumnFamilyHandle& family);

  [[nodiscard]] std::shared_ptr<const CatalogueSnapshot> snapshot() const override { return snapshot_.load(); }
  // Durable on return; one fsync and one new snapshot, however many items.
  [[nodiscard]] Status put_items(std::vector<Item> items) override;
  // One look at the snapshot a id where all are known. New bare items are durable with the next fsync of the event log,
  // which shares the write-ahead log: no acknowledged event lacks its item.
  [[nodiscard]] Status ensure_items(std::span<const ItemId> ids, Timestamp created_at) override;
  [[nodiscard]] Status erase_items(std::span<const ItemId> ids) override;

  [[nodiscard]] Status put_users(std::span<const User> users) override;
  [[nodiscard]] Result<User> user(const UserId& id) override;
  [[nodiscard]] Result<std::vector<User>> users(const std::optional<UserId>& after, std::size_t limit) override;
  [[nodiscard]] Status erase_user(const UserId& id) override;

 private:
  RocksCatalogueStore(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family);
  [[nodiscard]] Status load();

  rocksdb::DB& database_;
  rocksdb::ColumnFamilyHandle& family_;
  std::mutex write_mutex_;  // Held over a write of items and the publication of the snapshot that follows it.
  std::atomic<std::shared_ptr<const CatalogueSnapshot>> snapshot_;
};

}  // namespace magpie::embedded

#include "adapters/embedded/rocks_catalogue_store.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <unordered_set>
#include <utility>

#include "adapters/embedded/catalogue_record.h"
#include "adapters/embedded/rocks_scan.h"
#include "adapters/embedded/rocks_status.h"

namespace magpie::embedded {
namespace {

constexpr std::size_t kLoadChunk = 16384;  // Items a snapshot while loading.

std::vector<ItemId> missing_items(const CatalogueSnapshot& snapshot, std::span<const ItemId> ids) {
  std::vector<ItemId> missing;
  for (const auto& id : ids) {
    if (!snapshot.find(id)) missing.push_back(id);
  }
  return missing;
}

std::vector<Item> bare_items(std::span<const ItemId> ids, Timestamp created_at) {
  std::vector<Item> items;
  std::unordered_set<ItemId> seen;
  for (const auto& id : ids) {
    if (!seen.insert(id).second) continue;
    items.emplace_back().id = id;
    items.back().created_at = created_at;
  }
  return items;
}

}  // namespace

Result<std::unique_ptr<RocksCatalogueStore>> RocksCatalogueStore::open(rocksdb::DB& database,
                                                                       rocksdb::ColumnFamilyHandle& family) {
  std::unique_ptr<RocksCatalogueStore> store(new RocksCatalogueStore(database, family));
  MAGPIE_RETURN_IF_ERROR(store->load());
  return store;
}

RocksCatalogueStore::RocksCatalogueStore(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family)
    : database_(database), family_(family), snapshot_(std::make_shared<const CatalogueSnapshot>()) {}

Status RocksCatalogueStore::load() {
  auto snapshot = snapshot_.load();
  std::vector<Item> chunk;
  const auto collect = [&](std::string_view, std::string_view value) -> Status {
    MAGPIE_ASSIGN_OR_RETURN(auto item, decode_item(value));
    chunk.push_back(std::move(item));
    if (chunk.size() < kLoadChunk) return ok_status();
    snapshot = snapshot->with(std::exchange(chunk, {}), {});
    return ok_status();
  };
  MAGPIE_RETURN_IF_ERROR(scan(database_, family_, kCatalogueItemPrefix, kCatalogueItemPrefixEnd, collect));
  if (!chunk.empty()) snapshot = snapshot->with(std::move(chunk), {});
  snapshot_ = std::move(snapshot);
  return ok_status();
}

Status RocksCatalogueStore::put_items(std::vector<Item> items) {
  if (items.empty()) return ok_status();
  rocksdb::WriteBatch batch;
  for (const auto& item : items) batch.Put(&family_, catalogue_item_key(item.id), encode_item(item));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kSynced, "put items"));
  snapshot_ = snapshot()->with(std::move(items), {});
  return ok_status();
}

Status RocksCatalogueStore::ensure_items(std::span<const ItemId> ids, Timestamp created_at) {
  if (missing_items(*snapshot(), ids).empty()) return ok_status();
  const std::lock_guard lock(write_mutex_);
  // Again, now that nobody else adds any.
  auto items = bare_items(missing_items(*snapshot(), ids), created_at);
  if (items.empty()) return ok_status();
  rocksdb::WriteBatch batch;
  for (const auto& item : items) batch.Put(&family_, catalogue_item_key(item.id), encode_item(item));
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kOrdered, "add items"));
  snapshot_ = snapshot()->with(std::move(items), {});
  return ok_status();
}

Status RocksCatalogueStore::erase_items(std::span<const ItemId> ids) {
  if (ids.empty()) return ok_status();
  rocksdb::WriteBatch batch;
  for (const auto& id : ids) batch.Delete(&family_, catalogue_item_key(id));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kSynced, "erase items"));
  snapshot_ = snapshot()->with({}, ids);
  return ok_status();
}

Status RocksCatalogueStore::put_users(std::span<const User> users) {
  if (users.empty()) return ok_status();
  rocksdb::WriteBatch batch;
  for (const auto& user : users) batch.Put(&family_, catalogue_user_key(user.id), encode_user(user));
  return write(database_, batch, Durability::kSynced, "put users");
}

Result<User> RocksCatalogueStore::user(const UserId& id) {
  rocksdb::PinnableSlice record;
  const auto status = database_.Get({}, &family_, catalogue_user_key(id), &record);
  if (status.IsNotFound()) return not_found("no user " + id.get());
  if (!status.ok()) return to_error(status, "read a user");
  return decode_user(record.ToStringView());
}

Result<std::vector<User>> RocksCatalogueStore::users(const std::optional<UserId>& after, std::size_t limit) {
  // The least key above another: that key and a zero byte.
  const std::string begin = after ? catalogue_user_key(*after) + '\0' : std::string(kCatalogueUserPrefix);
  const std::string_view end = kCatalogueUserPrefixEnd;
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> iterator(database_.NewIterator(options, &family_));
  std::vector<User> users;
  for (iterator->Seek(begin); iterator->Valid() && users.size() < limit; iterator->Next()) {
    MAGPIE_ASSIGN_OR_RETURN(auto user, decode_user(iterator->value().ToStringView()));
    users.push_back(std::move(user));
  }
  MAGPIE_RETURN_IF_ERROR(to_status(iterator->status(), "list users"));
  return users;
}

Status RocksCatalogueStore::erase_user(const UserId& id) {
  rocksdb::WriteBatch batch;
  batch.Delete(&family_, catalogue_user_key(id));
  return write(database_, batch, Durability::kSynced, "erase a user");
}

}  // namespace magpie::embedded

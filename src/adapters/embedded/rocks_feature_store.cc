#include "adapters/embedded/rocks_feature_store.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <utility>
#include <vector>

#include "adapters/embedded/event_log_keys.h"
#include "adapters/embedded/feature_record.h"
#include "adapters/embedded/rocks_scan.h"
#include "adapters/embedded/rocks_status.h"

namespace magpie::embedded {
namespace {

constexpr std::size_t kLoadBatchBytes = 4 << 20;
constexpr std::size_t kExpireChunk = 1000;  // users

// Every user without features shares this one: remembering them costs little more than their ids.
const FeatureTable::Entry& no_features() {
  static const FeatureTable::Entry empty = std::make_shared<const UserFeatures>();
  return empty;
}

Error damaged(const Error& error, std::string_view what, const std::string& id) {
  return {error.code(), std::string(what) + " of " + id + ": " + error.message()};
}

}  // namespace

Result<std::unique_ptr<RocksFeatureStore>> RocksFeatureStore::open(rocksdb::DB& database,
                                                                   rocksdb::ColumnFamilyHandle& family,
                                                                   const EventTypes& types, Metrics& metrics,
                                                                   std::size_t table_bytes) {
  std::unique_ptr<RocksFeatureStore> store(new RocksFeatureStore(database, family, types, metrics, table_bytes));
  MAGPIE_RETURN_IF_ERROR(store->load_trending());
  return store;
}

RocksFeatureStore::RocksFeatureStore(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family,
                                     const EventTypes& types, Metrics& metrics, std::size_t table_bytes)
    : database_(database),
      family_(family),
      types_(types),
      table_hits_(metrics.counter("magpie_feature_table_hits_total", "User features read from memory.")),
      table_misses_(metrics.counter("magpie_feature_table_misses_total", "User features read from the database.")),
      table_(table_bytes),
      trending_(std::make_shared<const Trending>()) {}

Status RocksFeatureStore::load_trending() {
  std::string record;
  const auto status = database_.Get({}, &family_, kTrendingKey, &record);
  if (status.IsNotFound()) return ok_status();
  MAGPIE_RETURN_IF_ERROR(to_status(status, "read the trending lists"));
  MAGPIE_ASSIGN_OR_RETURN(auto trending, decode_trending(record));
  trending_ = std::make_shared<const Trending>(std::move(trending));
  return ok_status();
}

Result<std::shared_ptr<const UserFeatures>> RocksFeatureStore::user(const UserId& id) {
  FeatureTable::Ticket ticket;
  if (auto entry = table_.find(id, ticket)) {
    table_hits_.add();
    return entry;
  }
  table_misses_.add();
  MAGPIE_ASSIGN_OR_RETURN(auto entry, load_user(id));
  table_.offer(id, entry, ticket);
  return entry;
}

Result<FeatureTable::Entry> RocksFeatureStore::load_user(const UserId& id) {
  const std::array<std::string, 2> keys{stream_key(id), batch_key(id)};
  const std::array<rocksdb::Slice, 2> slices{keys[0], keys[1]};
  std::array<rocksdb::PinnableSlice, 2> values;
  std::array<rocksdb::Status, 2> statuses;
  database_.MultiGet({}, &family_, slices.size(), slices.data(), values.data(), statuses.data());
  for (const auto& status : statuses) {
    if (!status.ok() && !status.IsNotFound()) return to_error(status, "read user features");
  }
  if (!statuses[0].ok() && !statuses[1].ok()) return no_features();
  auto features = std::make_shared<UserFeatures>();
  if (statuses[0].ok()) {
    auto recent = decode_stream_record(values[0].ToStringView(), types_);
    if (!recent.ok()) return damaged(recent.error(), "real-time features", id.get());
    features->recent = *std::move(recent);
  }
  if (statuses[1].ok()) {
    auto batch = decode_batch_features(values[1].ToStringView());
    if (!batch.ok()) return damaged(batch.error(), "batch features", id.get());
    features->batch = *std::move(batch);
  }
  return FeatureTable::Entry(std::move(features));
}

Result<ItemStats> RocksFeatureStore::item(const ItemId& id) {
  rocksdb::PinnableSlice record;
  const auto status = database_.Get({}, &family_, item_key(id), &record);
  if (status.IsNotFound()) return ItemStats();
  if (!status.ok()) return to_error(status, "read item statistics");
  auto stats = decode_item_stats(record.ToStringView(), types_);
  if (!stats.ok()) return damaged(stats.error(), "statistics", id.get());
  return stats;
}

Result<Offset> RocksFeatureStore::applied(Partition partition) {
  std::string value;
  const auto status = database_.Get({}, &family_, applied_key(partition), &value);
  if (status.IsNotFound()) return Offset{0};
  if (!status.ok()) return to_error(status, "read the applied offset");
  const auto offset = parse_number(value);
  if (!offset) return data_loss("the applied offset is damaged");
  return *offset;
}

void RocksFeatureStore::put_state(const UserId& user, const UserState& state, rocksdb::WriteBatch& batch) {
  if (state.empty()) {
    batch.Delete(&family_, stream_key(user));
  } else {
    batch.Put(&family_, stream_key(user), encode_stream_record(state, types_));
  }
}

Status RocksFeatureStore::apply(FeatureUpdate update) {
  rocksdb::WriteBatch batch;
  for (const auto& [user, state] : update.users) put_state(user, state, batch);
  std::string record;
  for (const auto& [item, stats] : update.items) {
    record.clear();
    encode_item_stats(stats, types_, record);
    batch.Put(&family_, item_key(item), record);
  }
  batch.Put(&family_, applied_key(update.partition), number_value(update.applied));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kOrdered, "apply features"));
  for (auto& [user, state] : update.users) table_.set_recent(user, std::move(state));
  return ok_status();
}

Status RocksFeatureStore::load_batch(std::span<const std::pair<UserId, BatchFeatures>> rows) {
  std::string record;
  while (!rows.empty()) {
    rocksdb::WriteBatch batch;
    std::size_t taken = 0;
    for (; taken < rows.size() && batch.GetDataSize() < kLoadBatchBytes; ++taken) {
      record.clear();
      encode_batch_features(rows[taken].second, record);
      batch.Put(&family_, batch_key(rows[taken].first), record);
    }
    const auto durability = taken == rows.size() ? Durability::kSynced : Durability::kOrdered;
    const std::lock_guard lock(write_mutex_);
    MAGPIE_RETURN_IF_ERROR(write(database_, batch, durability, "load batch features"));
    for (const auto& [user, features] : rows.first(taken)) table_.set_batch(user, features);
    rows = rows.subspan(taken);
  }
  return ok_status();
}

Status RocksFeatureStore::for_each_item(const std::function<void(const ItemId&, const ItemStats&)>& visit) {
  return scan(database_, family_, kItemPrefix, kItemPrefixEnd, [&](std::string_view key, std::string_view value) {
    const ItemId item = item_of(key);
    auto stats = decode_item_stats(value, types_);
    if (!stats.ok()) return Status(damaged(stats.error(), "statistics", item.get()));
    visit(item, *stats);
    return ok_status();
  });
}

Status RocksFeatureStore::put_trending(std::shared_ptr<const Trending> trending) {
  rocksdb::WriteBatch batch;
  batch.Put(&family_, kTrendingKey, encode_trending(*trending));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kOrdered, "put the trending lists"));
  trending_ = std::move(trending);
  return ok_status();
}

Result<std::shared_ptr<const Trending>> RocksFeatureStore::trending() { return trending_.load(); }

Status RocksFeatureStore::erase(const UserId& user) {
  rocksdb::WriteBatch batch;
  batch.Delete(&family_, stream_key(user));
  batch.Delete(&family_, batch_key(user));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kSynced, "erase user features"));
  table_.drop(user);
  return ok_status();
}

Result<std::size_t> RocksFeatureStore::expire(Timestamp horizon) {
  std::vector<UserId> chunk;
  std::size_t expired = 0;
  const auto remove_chunk = [&]() -> Status {
    MAGPIE_ASSIGN_OR_RETURN(const std::size_t removed, expire_users(chunk, horizon));
    expired += removed;
    chunk.clear();
    return ok_status();
  };
  const auto collect = [&](std::string_view key, std::string_view value) -> Status {
    auto user = stream_user(key);
    if (!user) return ok_status();
    MAGPIE_ASSIGN_OR_RETURN(const auto newest, newest_event(value));
    if (newest >= horizon) return ok_status();
    chunk.push_back(*std::move(user));
    return chunk.size() < kExpireChunk ? ok_status() : remove_chunk();
  };
  MAGPIE_RETURN_IF_ERROR(scan(database_, family_, kUserPrefix, kUserPrefixEnd, collect));
  MAGPIE_RETURN_IF_ERROR(remove_chunk());
  return expired;
}

Result<std::size_t> RocksFeatureStore::expire_users(std::span<const UserId> users, Timestamp horizon) {
  const std::lock_guard lock(write_mutex_);
  rocksdb::WriteBatch batch;
  std::vector<UserId> removed;
  rocksdb::PinnableSlice record;
  for (const auto& user : users) {
    record.Reset();
    const auto status = database_.Get({}, &family_, stream_key(user), &record);
    if (status.IsNotFound()) continue;
    if (!status.ok()) return to_error(status, "expire features");
    MAGPIE_ASSIGN_OR_RETURN(const auto newest, newest_event(record.ToStringView()));
    if (newest >= horizon) continue;
    batch.Delete(&family_, stream_key(user));
    removed.push_back(user);
  }
  MAGPIE_RETURN_IF_ERROR(write(database_, batch, Durability::kOrdered, "expire features"));
  for (const auto& user : removed) table_.set_recent(user, UserState());
  return removed.size();
}

}  // namespace magpie::embedded

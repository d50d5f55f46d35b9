// FeatureTable: decoded user features in memory, in front of the stored ones: sharded, least recently used out first,
// bounded by bytes.
//
// How it stays true beside a slow read: whoever misses gets a ticket, reads the store, and offers what it read; the
// offer is dropped if the shard was changed since. A writer first writes the store and then the table, so an offer read
// before a write either comes first and is replaced, or comes second and is dropped.
// Thread-safe; writers of one user must be serialised by the caller.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/user_features.h"

namespace magpie::embedded {

class FeatureTable {
 public:
  using Entry = std::shared_ptr<const UserFeatures>;
  struct Ticket {
    std::uint64_t shard_version = 0;
  };

  explicit FeatureTable(std::size_t bytes) : shard_bytes_(bytes / kShards) {}

  // nullptr where the user is not here.
  [[nodiscard]] Entry find(const UserId& user, Ticket& ticket);
  void offer(const UserId& user, Entry entry, Ticket ticket);

  // After the store was written: changes one half of the entry where there is one.
  void set_recent(const UserId& user, UserState recent);
  void set_batch(const UserId& user, BatchFeatures batch);
  void drop(const UserId& user);

  // Estimated; at most the bound.
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kShards = 64;
  struct Node {
    std::string user;
    Entry entry;
    std::size_t bytes = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Node> nodes;  // Most recently used first.
    std::unordered_map<std::string_view, std::list<Node>::iterator> by_user;  // Keys point into the nodes.
    std::size_t bytes = 0;
    std::uint64_t version = 0;  // Grows with every change by a writer.
  };

  // Replaces the entry by `changed(entry)` where there is one.
  template <typename Change>
  void change(const UserId& user, const Change& changed);
  [[nodiscard]] Shard& shard_of(const UserId& user);
  static void insert(Shard& shard, const UserId& user, Entry entry);
  static void replace(Shard& shard, Node& node, Entry entry);
  static void remove(Shard& shard, std::list<Node>::iterator node);
  void shrink(Shard& shard) const;

  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace magpie::embedded

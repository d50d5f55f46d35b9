// CatalogueSnapshot: every item at one moment, immutable, shared between threads.
//
// A new snapshot shares all unchanged chunks with the one before, so that one changed item costs one chunk and not the
// catalogue. An index is never given twice; a deleted item leaves a hole, and gets a new index if it comes back.
// Two ids with the same 64-bit hash are two items: find() compares the ids. find_hash() then gives the one with the
// lower index; among 10 million ids such a pair exists with a chance of 3 in a million.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/item.h"

namespace magpie {

// An item with what the request path derives from it once instead of once a request.
struct CatalogueItem {
  Item item;
  std::uint64_t id_hash = 0;              // hash64(item.id)
  std::vector<CategoryIndex> categories;  // Same order as item.categories.
  std::vector<TagIndex> tags;             // Same order as item.tags.
};

class CatalogueSnapshot {
 public:
  using ItemPtr = std::shared_ptr<const CatalogueItem>;

  CatalogueSnapshot() = default;

  // One past the highest index ever given.
  [[nodiscard]] std::uint32_t index_bound() const { return index_bound_; }
  [[nodiscard]] std::size_t item_count() const { return item_count_; }
  // Grows with every change, from 0.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  // nullptr where the item was deleted or the index never given.
  [[nodiscard]] const CatalogueItem* at(ItemIndex index) const;
  [[nodiscard]] std::optional<ItemIndex> find(const ItemId& id) const { return find(id.get(), hash64(id.get())); }
  // By hash64(id), as user features store it.
  [[nodiscard]] std::optional<ItemIndex> find_hash(std::uint64_t id_hash) const;

  [[nodiscard]] std::optional<CategoryIndex> find_category(std::string_view name) const;
  [[nodiscard]] std::span<const std::string> category_names() const;
  [[nodiscard]] std::optional<TagIndex> find_tag(std::string_view name) const;

  // The snapshot after these changes: first `erased` go, then `put` come, of one id the last. An item that exists keeps
  // its index. Costs O(changes + the chunks and shards that they touch).
  [[nodiscard]] std::shared_ptr<const CatalogueSnapshot> with(std::vector<Item> put,
                                                              std::span<const ItemId> erased) const;

 private:
  static constexpr std::size_t kChunk = 1024;  // Items a chunk.
  static constexpr std::size_t kShards = 1024;  // Shards of the id map.
  using Chunk = std::array<ItemPtr, kChunk>;
  struct IdEntry {
    std::uint64_t id_hash = 0;
    ItemIndex index;
    friend auto operator<=>(const IdEntry&, const IdEntry&) = default;
  };
  using Shard = std::vector<IdEntry>;  // Ascending.
  // Names and their indices, which are given once, in order of appearance.
  struct Names {
    std::vector<std::string> names;
    std::map<std::string, std::uint32_t, std::less<>> by_name;
  };

  class Builder;

  [[nodiscard]] std::optional<ItemIndex> find(std::string_view id, std::uint64_t id_hash) const;
  // The entries of a hash: none, one, or more where ids collide.
  [[nodiscard]] std::span<const IdEntry> entries(std::uint64_t id_hash) const;
  [[nodiscard]] static std::optional<std::uint32_t> find_name(const Names* names, std::string_view name);

  std::uint32_t index_bound_ = 0;
  std::size_t item_count_ = 0;
  std::uint64_t revision_ = 0;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  std::vector<std::shared_ptr<const Shard>> shards_;
  std::shared_ptr<const Names> categories_;
  std::shared_ptr<const Names> tags_;
};

}  // namespace magpie

#include "model/catalogue.h"

#include <algorithm>
#include <utility>

namespace magpie {
namespace {

constexpr std::size_t shard_of(std::uint64_t id_hash, std::size_t shards) { return (id_hash >> 32) % shards; }

}  // namespace

// Copies what it changes, each chunk and each shard once.
class CatalogueSnapshot::Builder {
 public:
  explicit Builder(const CatalogueSnapshot& base) : next_(std::make_shared<CatalogueSnapshot>(base)) {
    next_->shards_.resize(kShards);
    own_shards_.resize(kShards);
    own_chunks_.resize(next_->chunks_.size());
  }

  void erase(const ItemId& id) {
    const std::uint64_t hash = hash64(id.get());
    const auto index = next_->find(id.get(), hash);
    if (!index) return;
    slot(*index) = nullptr;
    Shard& entries = shard(hash);
    entries.erase(std::lower_bound(entries.begin(), entries.end(), IdEntry{hash, *index}));
    --next_->item_count_;
  }

  void put(Item item) {
    auto entry = std::make_shared<CatalogueItem>();
    entry->id_hash = hash64(item.id.get());
    entry->categories.reserve(item.categories.size());
    for (const std::string& name : item.categories) {
      entry->categories.emplace_back(index_of(name, next_->categories_, own_categories_));
    }
    entry->tags.reserve(item.tags.size());
    for (const std::string& name : item.tags) entry->tags.emplace_back(index_of(name, next_->tags_, own_tags_));
    const auto known = next_->find(item.id.get(), entry->id_hash);
    const ItemIndex index = known ? *known : add_index(entry->id_hash);
    entry->item = std::move(item);
    slot(index) = std::move(entry);
  }

  std::shared_ptr<const CatalogueSnapshot> finish() {
    ++next_->revision_;
    return std::move(next_);
  }

 private:
  ItemIndex add_index(std::uint64_t id_hash) {
    const ItemIndex index(next_->index_bound_++);
    ++next_->item_count_;
    Shard& entries = shard(id_hash);
    const IdEntry entry{id_hash, index};
    entries.insert(std::lower_bound(entries.begin(), entries.end(), entry), entry);
    return index;
  }

  ItemPtr& slot(ItemIndex index) {
    const std::size_t number = index.get() / kChunk;
    if (number >= next_->chunks_.size()) {
      next_->chunks_.resize(number + 1);
      own_chunks_.resize(number + 1);
    }
    return owned(next_->chunks_[number], own_chunks_[number])[index.get() % kChunk];
  }

  Shard& shard(std::uint64_t id_hash) {
    const std::size_t number = shard_of(id_hash, kShards);
    return owned(next_->shards_[number], own_shards_[number]);
  }

  // This builder's own copy of a part that may be shared (or is not there yet: nullptr), made at the first call.
  template <typename Part>
  static Part& owned(std::shared_ptr<const Part>& part, std::shared_ptr<Part>& own) {
    if (!own) {
      own = part ? std::make_shared<Part>(*part) : std::make_shared<Part>();
      part = own;
    }
    return *own;
  }

  // The index of a name, given where it is new.
  static std::uint32_t index_of(const std::string& name, std::shared_ptr<const Names>& names,
                                std::shared_ptr<Names>& own) {
    if (const auto known = find_name(names.get(), name)) return *known;
    Names& all = owned(names, own);
    const auto index = static_cast<std::uint32_t>(all.names.size());
    all.names.push_back(name);
    all.by_name.emplace(name, index);
    return index;
  }

  std::shared_ptr<CatalogueSnapshot> next_;
  std::vector<std::shared_ptr<Chunk>> own_chunks_;
  std::vector<std::shared_ptr<Shard>> own_shards_;
  std::shared_ptr<Names> own_categories_;
  std::shared_ptr<Names> own_tags_;
};

const CatalogueItem* CatalogueSnapshot::at(ItemIndex index) const {
  return index.get() < index_bound_ ? (*chunks_[index.get() / kChunk])[index.get() % kChunk].get() : nullptr;
}

std::span<const CatalogueSnapshot::IdEntry> CatalogueSnapshot::entries(std::uint64_t id_hash) const {
  if (shards_.empty()) return {};
  const auto& shard = shards_[shard_of(id_hash, kShards)];
  if (!shard) return {};
  const auto begin = std::lower_bound(shard->begin(), shard->end(), IdEntry{id_hash, ItemIndex(0)});
  auto end = begin;
  while (end != shard->end() && end->id_hash == id_hash) ++end;
  return {begin, end};
}

std::optional<ItemIndex> CatalogueSnapshot::find(std::string_view id, std::uint64_t id_hash) const {
  for (const IdEntry& entry : entries(id_hash)) {
    if (at(entry.index)->item.id.get() == id) return entry.index;
  }
  return std::nullopt;
}

std::optional<ItemIndex> CatalogueSnapshot::find_hash(std::uint64_t id_hash) const {
  const auto found = entries(id_hash);
  return found.empty() ? std::nullopt : std::optional(found.front().index);
}

std::optional<std::uint32_t> CatalogueSnapshot::find_name(const Names* names, std::string_view name) {
  if (names == nullptr) return std::nullopt;
  const auto found = names->by_name.find(name);
  return found == names->by_name.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CategoryIndex> CatalogueSnapshot::find_category(std::string_view name) const {
  const auto found = find_name(categories_.get(), name);
  return found ? std::optional(CategoryIndex(*found)) : std::nullopt;
}

std::optional<TagIndex> CatalogueSnapshot::find_tag(std::string_view name) const {
  const auto found = find_name(tags_.get(), name);
  return found ? std::optional(TagIndex(*found)) : std::nullopt;
}

std::span<const std::string> CatalogueSnapshot::category_names() const {
  return categories_ ? std::span<const std::string>(categories_->names) : std::span<const std::string>();
}

std::shared_ptr<const CatalogueSnapshot> CatalogueSnapshot::with(std::vector<Item> put,
                                                                 std::span<const ItemId> erased) const {
  Builder builder(*this);
  for (const ItemId& id : erased) builder.erase(id);
  for (Item& item : put) builder.put(std::move(item));
  return builder.finish();
}

}  // namespace magpie

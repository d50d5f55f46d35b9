#include "adapters/embedded/feature_table.h"

#include <utility>
#include <vector>

#include "base/hash.h"

namespace magpie::embedded {
namespace {

// The list's and the map's nodes and the shared pointer's control block.
constexpr std::size_t kNodeOverhead = 160;  // bytes
constexpr std::size_t kInlineString = 15;   // Characters that std::string keeps within itself.

std::size_t heap_of(const std::string& text) { return text.capacity() > kInlineString ? text.capacity() + 1 : 0; }

std::size_t heap_of(const std::vector<std::string>& texts) {
  std::size_t bytes = texts.capacity() * sizeof(std::string);
  for (const auto& text : texts) bytes += heap_of(text);
  return bytes;
}

std::size_t size_of(const UserFeatures& features) {
  const auto& recent = features.recent;
  std::size_t bytes = sizeof(UserFeatures);
  bytes += (recent.interactions.capacity() + recent.impressions.capacity()) * sizeof(StateEvent);
  bytes += recent.items.capacity() * sizeof(StateItem);
  for (const auto& item : recent.items) bytes += heap_of(item.id.get()) + heap_of(item.categories);
  if (!features.batch) return bytes;
  bytes += features.batch->user_embedding.capacity() * sizeof(float);
  bytes += features.batch->history.capacity() * sizeof(std::uint64_t);
  bytes += features.batch->history_times.capacity() * sizeof(features.batch->history_times[0]);
  bytes += features.batch->history_weights.capacity() * sizeof(features.batch->history_weights[0]);
  return bytes + heap_of(features.batch->preferred_categories);
}

}  // namespace

FeatureTable::Shard& FeatureTable::shard_of(const UserId& user) { return shards_[hash64(user.get()) % kShards]; }

FeatureTable::Entry FeatureTable::find(const UserId& user, Ticket& ticket) {
  Shard& shard = shard_of(user);
  const std::lock_guard lock(shard.mutex);
  ticket.shard_version = shard.version;
  const auto found = shard.by_user.find(user.get());
  if (found == shard.by_user.end()) return nullptr;
  shard.nodes.splice(shard.nodes.begin(), shard.nodes, found->second);
  return found->second->entry;
}

void FeatureTable::offer(const UserId& user, Entry entry, Ticket ticket) {
  Shard& shard = shard_of(user);
  const std::lock_guard lock(shard.mutex);
  if (shard.version != ticket.shard_version || shard.by_user.contains(user.get())) return;
  insert(shard, user, std::move(entry));
  shrink(shard);
}

template <typename Change>
void FeatureTable::change(const UserId& user, const Change& changed) {
  Shard& shard = shard_of(user);
  const std::lock_guard lock(shard.mutex);
  ++shard.version;
  const auto found = shard.by_user.find(user.get());
  if (found == shard.by_user.end()) return;
  Node& node = *found->second;
  replace(shard, node, std::make_shared<const UserFeatures>(changed(*node.entry)));
  shrink(shard);
}

void FeatureTable::set_recent(const UserId& user, UserState recent) {
  change(user, [&](const UserFeatures& old) { return UserFeatures{std::move(recent), old.batch}; });
}

void FeatureTable::set_batch(const UserId& user, BatchFeatures batch) {
  change(user, [&](const UserFeatures& old) { return UserFeatures{old.recent, std::move(batch)}; });
}

void FeatureTable::drop(const UserId& user) {
  Shard& shard = shard_of(user);
  const std::lock_guard lock(shard.mutex);
  ++shard.version;
  if (const auto found = shard.by_user.find(user.get()); found != shard.by_user.end()) remove(shard, found->second);
}

void FeatureTable::insert(Shard& shard, const UserId& user, Entry entry) {
  shard.nodes.push_front({user.get(), nullptr, 0});
  Node& node = shard.nodes.front();
  shard.by_user.emplace(node.user, shard.nodes.begin());
  replace(shard, node, std::move(entry));
}

void FeatureTable::replace(Shard& shard, Node& node, Entry entry) {
  shard.bytes -= node.bytes;
  node.bytes = kNodeOverhead + heap_of(node.user) + size_of(*entry);
  node.entry = std::move(entry);
  shard.bytes += node.bytes;
}

void FeatureTable::remove(Shard& shard, std::list<Node>::iterator node) {
  shard.bytes -= node->bytes;
  shard.by_user.erase(node->user);
  shard.nodes.erase(node);
}

void FeatureTable::shrink(Shard& shard) const {
  while (shard.bytes > shard_bytes_ && !shard.nodes.empty()) remove(shard, std::prev(shard.nodes.end()));
}

std::size_t FeatureTable::bytes() const {
  std::size_t bytes = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace magpie::embedded

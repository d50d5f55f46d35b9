// The feature store in memory, for tests: obeys the contract of ports/feature_store.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "ports/feature_store.h"

namespace magpie::fakes {

class InMemoryFeatureStore final : public FeatureStore {
 public:
  [[nodiscard]] Result<std::shared_ptr<const UserFeatures>> user(const UserId& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(id);
    if (found == users_.end()) return std::make_shared<const UserFeatures>();
    return found->second;
  }

  [[nodiscard]] Result<ItemStats> item(const ItemId& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = items_.find(id);
    return found == items_.end() ? ItemStats{} : found->second;
  }

  [[nodiscard]] Result<Offset> applied(Partition partition) override {
    const std::lock_guard lock(mutex_);
    const auto found = applied_.find(partition);
    return found == applied_.end() ? Offset{0} : found->second;
  }

  [[nodiscard]] Status apply(FeatureUpdate update) override {
    const std::lock_guard lock(mutex_);
    for (auto& [id, state] : update.users) {
      change(id, [&newest = state](UserFeatures& features) { features.recent = std::move(newest); });
    }
    for (auto& [id, stats] : update.items) items_[id] = std::move(stats);
    applied_[update.partition] = update.applied;
    return ok_status();
  }

  [[nodiscard]] Status load_batch(std::span<const std::pair<UserId, BatchFeatures>> rows) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, batch] : rows) {
      change(id, [&loaded = batch](UserFeatures& features) { features.batch = loaded; });
    }
    return ok_status();
  }

  [[nodiscard]] Status for_each_item(const std::function<void(const ItemId&, const ItemStats&)>& visit) override {
    std::map<ItemId, ItemStats> items;
    {
      const std::lock_guard lock(mutex_);
      items = items_;
    }
    for (const auto& [id, stats] : items) visit(id, stats);
    return ok_status();
  }

  [[nodiscard]] Status put_trending(std::shared_ptr<const Trending> trending) override {
    const std::lock_guard lock(mutex_);
    trending_ = std::move(trending);
    return ok_status();
  }

  [[nodiscard]] Result<std::shared_ptr<const Trending>> trending() override {
    const std::lock_guard lock(mutex_);
    return trending_;
  }

  [[nodiscard]] Status erase(const UserId& user) override {
    const std::lock_guard lock(mutex_);
    users_.erase(user);
    return ok_status();
  }

  [[nodiscard]] Result<std::size_t> expire(Timestamp horizon) override {
    const std::lock_guard lock(mutex_);
    std::size_t expired = 0;
    for (auto& [id, features] : users_) {
      const std::optional<Timestamp> newest = newest_event(features->recent);
      if (!newest || *newest >= horizon) continue;
      UserFeatures rest = *features;
      rest.recent = UserState{};
      features = std::make_shared<const UserFeatures>(std::move(rest));
      ++expired;
    }
    std::erase_if(users_, [](const auto& user) { return user.second->recent.empty() && !user.second->batch; });
    return expired;
  }

 private:
  static std::optional<Timestamp> newest_event(const UserState& state) {
    std::optional<Timestamp> newest;
    if (!state.interactions.empty()) newest = state.interactions.front().time;
    if (!state.impressions.empty() && (!newest || *newest < state.impressions.front().time)) {
      newest = state.impressions.front().time;
    }
    return newest;
  }

  // Readers hold the old value: it is replaced, never changed.
  void change(const UserId& id, const std::function<void(UserFeatures&)>& edit) {
    std::shared_ptr<const UserFeatures>& stored = users_[id];
    UserFeatures features = stored ? *stored : UserFeatures{};
    edit(features);
    stored = std::make_shared<const UserFeatures>(std::move(features));
  }

  std::mutex mutex_;
  std::map<UserId, std::shared_ptr<const UserFeatures>> users_;
  std::map<ItemId, ItemStats> items_;
  std::map<Partition, Offset> applied_;
  std::shared_ptr<const Trending> trending_ = std::make_shared<const Trending>();
};

}  // namespace magpie::fakes

// The catalogue in memory, for tests: obeys the contract of ports/catalogue_store.h.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "ports/catalogue_store.h"

namespace magpie::fakes {

class InMemoryCatalogueStore final : public CatalogueStore {
 public:
  [[nodiscard]] std::shared_ptr<const CatalogueSnapshot> snapshot() const override {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }

  [[nodiscard]] Status put_items(std::vector<Item> items) override {
    const std::lock_guard lock(mutex_);
    snapshot_ = snapshot_->with(std::move(items), {});
    return ok_status();
  }

  [[nodiscard]] Status ensure_items(std::span<const ItemId> ids, Timestamp created_at) override {
    const std::lock_guard lock(mutex_);
    std::map<ItemId, Item> lacking;
    for (const ItemId& id : ids) {
      if (snapshot_->find(id)) continue;
      Item& item = lacking[id];
      item.id = id;
      item.created_at = created_at;
    }
    if (lacking.empty()) return ok_status();
    std::vector<Item> items;
    for (auto& [id, item] : lacking) items.push_back(std::move(item));
    snapshot_ = snapshot_->with(std::move(items), {});
    return ok_status();
  }

  [[nodiscard]] Status erase_items(std::span<const ItemId> ids) override {
    const std::lock_guard lock(mutex_);
    snapshot_ = snapshot_->with({}, ids);
    return ok_status();
  }

  [[nodiscard]] Status put_users(std::span<const User> users) override {
    const std::lock_guard lock(mutex_);
    for (const User& user : users) users_[user.id] = user;
    return ok_status();
  }

  [[nodiscard]] Result<User> user(const UserId& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(id);
    if (found == users_.end()) return not_found("no user \"" + id.get() + "\"");
    return found->second;
  }

  [[nodiscard]] Result<std::vector<User>> users(const std::optional<UserId>& after, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<User> page;
    auto next = after ? users_.upper_bound(*after) : users_.begin();
    for (; next != users_.end() && page.size() < limit; ++next) page.push_back(next->second);
    return page;
  }

  [[nodiscard]] Status erase_user(const UserId& id) override {
    const std::lock_guard lock(mutex_);
    users_.erase(id);
    return ok_status();
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogueSnapshot> snapshot_ = std::make_shared<const CatalogueSnapshot>();
  std::map<UserId, User> users_;
};

}  // namespace magpie::fakes

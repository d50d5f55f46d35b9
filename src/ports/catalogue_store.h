// CatalogueStore: the application's items and users, durable, and the immutable snapshot that requests read.
//
// Thread-safe; writes are serialised and visible to snapshot() when they return. Errors: kNotFound, kUnavailable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/catalogue.h"
#include "model/item.h"

namespace magpie {

class CatalogueStore {
 public:
  CatalogueStore() = default;
  CatalogueStore(const CatalogueStore&) = delete;
  CatalogueStore& operator=(const CatalogueStore&) = delete;
  virtual ~CatalogueStore() = default;

  // Never null. One atomic load.
  [[nodiscard]] virtual std::shared_ptr<const CatalogueSnapshot> snapshot() const = 0;

  // All or none. Precondition: each is valid (model/item.h).
  [[nodiscard]] virtual Status put_items(std::vector<Item> items) = 0;
  // Adds a bare item (id only) for each id that the catalogue lacks: events may come before their item.
  [[nodiscard]] virtual Status ensure_items(std::span<const ItemId> ids, Timestamp created_at) = 0;
  [[nodiscard]] virtual Status erase_items(std::span<const ItemId> ids) = 0;

  [[nodiscard]] virtual Status put_users(std::span<const User> users) = 0;
  [[nodiscard]] virtual Result<User> user(const UserId& id) = 0;
  // Up to `limit` users after `after`, ascending by id.
  [[nodiscard]] virtual Result<std::vector<User>> users(const std::optional<UserId>& after, std::size_t limit) = 0;
  [[nodiscard]] virtual Status erase_user(const UserId& id) = 0;
};

}  // namespace magpie

// Keys and values of the catalogue in RocksDB: docs/formats/catalogue.md.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/item.h"

namespace magpie::embedded {

[[nodiscard]] std::string catalogue_item_key(const ItemId& item);
[[nodiscard]] std::string catalogue_user_key(const UserId& user);
inline constexpr std::string_view kCatalogueItemPrefix = "item:";
inline constexpr std::string_view kCatalogueItemPrefixEnd = "item;";
inline constexpr std::string_view kCatalogueUserPrefix = "user:";
inline constexpr std::string_view kCatalogueUserPrefixEnd = "user;";

[[nodiscard]] std::string encode_item(const Item& item);
[[nodiscard]] Result<Item> decode_item(std::string_view record);
[[nodiscard]] std::string encode_user(const User& user);
[[nodiscard]] Result<User> decode_user(std::string_view record);

}  // namespace magpie::embedded

// A small shop with known tastes, for end-to-end tests: 120 items in 12 categories, 120 users, half of whom buy only in
// the even categories and half only in the odd ones. What is right to recommend is known.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.h"

namespace magpie::tests {

inline constexpr int kShopItems = 120;
inline constexpr int kShopUsers = 120;
inline constexpr int kShopCategories = 12;

[[nodiscard]] inline std::string item_id(int item) { return "item-" + std::to_string(item); }
[[nodiscard]] inline std::string user_id(int user) { return "user-" + std::to_string(user); }
[[nodiscard]] inline int category_of(int item) { return item % kShopCategories; }
[[nodiscard]] inline int item_number(const std::string& id) { return std::stoi(id.substr(id.find('-') + 1)); }
// Users 0, 2, ... like items of even categories.
[[nodiscard]] inline bool likes(int user, int item) { return user % 2 == category_of(item) % 2; }

[[nodiscard]] nlohmann::json shop_items();
[[nodiscard]] nlohmann::json shop_users();
// About 20 events a user over the last 30 days, all on items that they like, none on the last two items of a category.
[[nodiscard]] nlohmann::json shop_events(Timestamp now);

}  // namespace magpie::tests

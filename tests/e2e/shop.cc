#include "e2e/shop.h"

#include <chrono>

#include "base/random.h"

namespace magpie::tests {
namespace {

constexpr int kEventsPerUser = 20;
constexpr int kUntouched = 2 * kShopCategories;

}  // namespace

nlohmann::json shop_items() {
  auto items = nlohmann::json::array();
  for (int item = 0; item < kShopItems; ++item) {
    const auto category = "category-" + std::to_string(category_of(item));
    items.push_back({{"id", item_id(item)},
                     {"title", "Thing " + std::to_string(item) + " of " + category},
                     {"categories", {category}},
                     {"price", 1.5 * item}});
  }
  return items;
}

nlohmann::json shop_users() {
  auto users = nlohmann::json::array();
  for (int user = 0; user < kShopUsers; ++user) {
    users.push_back({{"id", user_id(user)}, {"segment", user % 2 == 0 ? "even" : "odd"}});
  }
  return users;
}

nlohmann::json shop_events(Timestamp now) {
  Random random(11);
  auto events = nlohmann::json::array();
  for (int user = 0; user < kShopUsers; ++user) {
    for (int k = 0; k < kEventsPerUser; ++k) {
      const int liked_category = 2 * static_cast<int>(random.below(kShopCategories / 2)) + user % 2;
      const int shelf = static_cast<int>(random.below((kShopItems - kUntouched) / kShopCategories));
      const auto age = std::chrono::minutes(1 + random.below(30 * 24 * 60));
      events.push_back({{"event_id", "shop-" + std::to_string(user) + "-" + std::to_string(k)},
                        {"user_id", user_id(user)},
                        {"item_id", item_id(shelf * kShopCategories + liked_category)},
                        {"type", k % 4 == 0 ? "purchase" : "view"},
                        {"timestamp", to_unix_ms(now - age)}});
    }
  }
  return events;
}

}  // namespace magpie::tests

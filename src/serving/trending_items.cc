#include "serving/trending_items.h"

#include <algorithm>

namespace magpie::serving {
namespace {

bool is_available(const CatalogueItem* item) { return item != nullptr && item->item.available; }

bool contains(const std::vector<TrendingItem>& items, const ItemId& id) {
  return std::any_of(items.begin(), items.end(), [&id](const TrendingItem& other) { return other.item == id; });
}

void add_from_stream(const TrendingList* list, const CatalogueSnapshot& catalogue, std::size_t n,
                     std::vector<TrendingItem>& items) {
  if (list == nullptr) return;
  for (const TrendingItem& trending : list->items) {
    if (items.size() == n) return;
    const auto index = catalogue.find(trending.item);
    if (index && is_available(catalogue.at(*index))) items.push_back(trending);
  }
}

void add_from_model(const ServingModel& model, const CatalogueSnapshot& catalogue,
                    std::optional<CategoryIndex> category, std::size_t n, std::vector<TrendingItem>& items) {
  for (const ItemIndex index : model.recently_popular()) {
    if (items.size() == n || model.recent_popularity(index) <= 0) return;
    const CatalogueItem* item = catalogue.at(index);
    if (!is_available(item)) continue;
    const auto& categories = item->categories;
    if (category && std::find(categories.begin(), categories.end(), *category) == categories.end()) continue;
    if (!contains(items, item->item.id)) items.push_back({item->item.id, 0});
  }
}

}  // namespace

std::vector<TrendingItem> trending_items(const Trending& lists, const ServingModel* model,
                                         const CatalogueSnapshot& catalogue, std::string_view category, std::size_t n) {
  std::vector<TrendingItem> items;
  const auto category_index = category.empty() ? std::nullopt : catalogue.find_category(category);
  if (!category.empty() && !category_index) return items;
  add_from_stream(category.empty() ? &lists.overall : lists.find(category), catalogue, n, items);
  if (model != nullptr && items.size() < n) add_from_model(*model, catalogue, category_index, n, items);
  return items;
}

}  // namespace magpie::serving

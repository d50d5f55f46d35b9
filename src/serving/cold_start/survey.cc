#include "serving/cold_start/survey.h"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

namespace magpie::serving {
namespace {

// The most popular items stand for the catalogue: what is rarer hardly changes the order of its categories.
constexpr std::size_t kItemsLookedAt = 5000;

struct Weighted {
  ItemIndex item;
  double weight = 0;
};

bool is_available(const CatalogueItem* item) { return item != nullptr && item->item.available; }

double popularity_of(const ServingModel& model, ItemIndex item) {
  const auto row = model.row_of(item);
  const auto& popularity = model.model().popularity;
  return row && *row < popularity.size() ? static_cast<double>(popularity[*row]) : 0;
}

// Every item weighs something, so that categories without interactions can be told apart.
std::vector<Weighted> weighted_items(const ServingModel* model, const CatalogueSnapshot& catalogue) {
  std::vector<Weighted> items;
  const auto add = [&](ItemIndex item, double weight) {
    if (is_available(catalogue.at(item))) items.push_back({item, weight});
  };
  if (model != nullptr) {
    for (const ItemIndex item : model->popular()) {
      if (items.size() == kItemsLookedAt) break;
      add(item, 1 + popularity_of(*model, item));
    }
    return items;
  }
  for (std::uint32_t index = catalogue.index_bound(); index > 0 && items.size() < kItemsLookedAt; --index) {
    add(ItemIndex(index - 1), 1);
  }
  return items;
}

// What each category would add: the weight of its items that are not covered.
std::vector<double> gains(std::span<const Weighted> items, const CatalogueSnapshot& catalogue) {
  std::vector<double> gain(catalogue.category_names().size());
  for (const Weighted& weighted : items) {
    for (const CategoryIndex category : catalogue.at(weighted.item)->categories)
      gain[category.get()] += weighted.weight;
  }
  return gain;
}

bool is_of(const CatalogueItem& item, CategoryIndex category) {
  return std::find(item.categories.begin(), item.categories.end(), category) != item.categories.end();
}

}  // namespace

std::vector<CategoryIndex> survey_categories(const ServingModel* model, const CatalogueSnapshot& catalogue,
                                             std::size_t n) {
  std::vector<Weighted> uncovered = weighted_items(model, catalogue);
  const std::vector<double> mass = gains(uncovered, catalogue);
  std::vector<CategoryIndex> left;
  for (std::uint32_t category = 0; category < mass.size(); ++category) {
    if (mass[category] > 0) left.emplace_back(category);
  }
  std::vector<CategoryIndex> chosen;
  while (chosen.size() < n && !left.empty()) {
    const std::vector<double> gain = gains(uncovered, catalogue);
    const auto best = std::max_element(left.begin(), left.end(), [&](CategoryIndex a, CategoryIndex b) {
      return std::pair(gain[a.get()], mass[a.get()]) < std::pair(gain[b.get()], mass[b.get()]);
    });
    chosen.push_back(*best);
    left.erase(best);
    std::erase_if(uncovered, [&](const Weighted& item) { return is_of(*catalogue.at(item.item), chosen.back()); });
  }
  return chosen;
}

std::vector<SurveyCategory> survey(const ServingModel* model, const CatalogueSnapshot& catalogue,
                                   std::size_t categories, std::size_t examples) {
  const std::vector<Weighted> items = weighted_items(model, catalogue);
  std::unordered_set<ItemIndex> shown;
  std::vector<SurveyCategory> answer;
  for (const CategoryIndex category : survey_categories(model, catalogue, categories)) {
    SurveyCategory& entry = answer.emplace_back(SurveyCategory{catalogue.category_names()[category.get()], {}});
    for (const Weighted& weighted : items) {
      if (entry.examples.size() == examples) break;
      const CatalogueItem& item = *catalogue.at(weighted.item);
      if (is_of(item, category) && shown.insert(weighted.item).second) entry.examples.push_back(item.item.id);
    }
  }
  return answer;
}

}  // namespace magpie::serving

#include "serving/cold_start/category_exploration.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace magpie::serving {
namespace {

// The popular items of a category that one of them is drawn from: enough to differ from answer to answer, few enough to
// be worth showing.
constexpr std::size_t kShelf = 10;
// Items looked at to fill a shelf: a user who knows the best of a category is not new to it.
constexpr std::size_t kMostPassedOver = 200;

struct Prior {
  double engaged = 0;
  double shown = 0;
};
constexpr Prior kUnknown{1, 10};
constexpr Prior kChosen{3, 10};

void add_once(std::vector<CategoryEvidence>& list, CategoryIndex category, bool chosen, std::size_t most) {
  const bool known = std::any_of(list.begin(), list.end(),
                                 [&](const CategoryEvidence& evidence) { return evidence.category == category; });
  if (!known && list.size() < most) list.push_back({category, chosen});
}

bool is_of(const CatalogueItem& item, CategoryIndex category) {
  return std::find(item.categories.begin(), item.categories.end(), category) != item.categories.end();
}

// Reads the user's real-time events: what a new user has done is in them.
void add_evidence(const RequestContext& context, const EventTypes& types, std::span<CategoryEvidence> categories) {
  const UserState& recent = context.features->recent;
  std::vector<bool> engaged(recent.items.size());
  for (const StateEvent& event : recent.interactions) {
    if (types.weight(event.type) > 0) engaged[event.item] = true;
  }
  for (std::size_t i = 0; i < recent.items.size(); ++i) {
    const auto index = context.catalogue->find_hash(recent.items[i].id_hash);
    const CatalogueItem* item = index ? context.catalogue->at(*index) : nullptr;
    if (item == nullptr) continue;
    for (CategoryEvidence& evidence : categories) {
      if (!is_of(*item, evidence.category)) continue;
      ++evidence.shown;
      if (engaged[i]) ++evidence.engaged;
    }
  }
}

class Explorer {
 public:
  Explorer(const RequestContext& context, std::span<const CategoryEvidence> categories, Random& random, Slate& slate)
      : categories_(categories), random_(random), slate_(slate) {
    for (const CategoryEvidence& evidence : categories) shelves_.push_back(shelf(context, evidence.category));
  }

  // Nothing where every shelf is empty.
  [[nodiscard]] std::optional<MergedCandidate> draw() {
    for (auto& shelf : shelves_) std::erase_if(shelf, [this](ItemIndex item) { return !slate_.admits(item); });
    const std::vector<double> chances = category_chances();
    const auto category = draw_category(chances);
    if (!category) return std::nullopt;
    const auto& shelf = shelves_[*category];
    const ItemIndex item = shelf[random_.below(shelf.size())];
    slate_.add(item);
    const CategoryEvidence& drawn = categories_[*category];
    MergedCandidate candidate{item, {}};
    candidate.sources.insert(drawn.chosen ? Source::kOnboarding : Source::kExploration);
    candidate.explored = drawn.category;
    candidate.propensity = static_cast<float>(chance_of(item, chances));
    return candidate;
  }

 private:
  using Shelf = std::vector<ItemIndex>;

  [[nodiscard]] Shelf shelf(const RequestContext& context, CategoryIndex category) const {
    Shelf shelf;
    const auto popular = context.model->popular_in(category);
    for (const ItemIndex item : popular.first(std::min(popular.size(), kMostPassedOver))) {
      if (shelf.size() == kShelf) break;
      if (slate_.admits(item)) shelf.push_back(item);
    }
    return shelf;
  }

  // Add up to 1; all 0 where every shelf is empty.
  [[nodiscard]] std::vector<double> category_chances() const {
    std::vector<double> chances;
    for (std::size_t i = 0; i < shelves_.size(); ++i) {
      chances.push_back(shelves_[i].empty() ? 0 : categories_[i].appeal());
    }
    const double sum = std::accumulate(chances.begin(), chances.end(), 0.0);
    if (sum > 0) {
      for (double& chance : chances) chance /= sum;
    }
    return chances;
  }

  [[nodiscard]] std::optional<std::size_t> draw_category(std::span<const double> chances) {
    double left = random_.uniform();
    std::optional<std::size_t> last;  // Where rounding leaves a rest.
    for (std::size_t i = 0; i < chances.size(); ++i) {
      if (chances[i] <= 0) continue;
      last = i;
      left -= chances[i];
      if (left < 0) break;
    }
    return last;
  }

  // Through whichever of its categories.
  [[nodiscard]] double chance_of(ItemIndex item, std::span<const double> chances) const {
    double chance = 0;
    for (std::size_t i = 0; i < shelves_.size(); ++i) {
      const Shelf& shelf = shelves_[i];
      const bool there = std::find(shelf.begin(), shelf.end(), item) != shelf.end();
      if (there) chance += chances[i] / static_cast<double>(shelf.size());
    }
    return std::min(chance, 1.0);
  }

  std::span<const CategoryEvidence> categories_;
  Random& random_;
  Slate& slate_;
  std::vector<Shelf> shelves_;  // By category.
};

}  // namespace

double CategoryEvidence::appeal() const {
  const Prior prior = chosen ? kChosen : kUnknown;
  return (prior.engaged + static_cast<double>(engaged)) / (prior.shown + static_cast<double>(shown));
}

std::vector<CategoryEvidence> categories_to_explore(const RequestContext& context, const EventTypes& types,
                                                    std::span<const CategoryIndex> interests,
                                                    std::span<const CategoryIndex> others, std::size_t most) {
  const auto is_interest = [&](CategoryIndex category) {
    return std::find(interests.begin(), interests.end(), category) != interests.end();
  };
  std::vector<CategoryEvidence> categories;
  if (context.eligibility.filters_categories()) {
    for (const CategoryIndex category : context.eligibility.categories()) {
      add_once(categories, category, is_interest(category), most);
    }
  } else {
    for (const CategoryIndex category : interests) add_once(categories, category, true, most);
    for (const CategoryIndex category : others) add_once(categories, category, false, most);
  }
  add_evidence(context, types, categories);
  return categories;
}

void explore_categories(const RequestContext& context, std::span<const CategoryEvidence> categories, std::size_t count,
                        Random& random, Slate& slate, std::vector<MergedCandidate>& picked) {
  if (context.model == nullptr) return;
  Explorer explorer(context, categories, random, slate);
  for (std::size_t i = 0; i < count; ++i) {
    auto candidate = explorer.draw();
    if (!candidate) return;
    picked.push_back(std::move(*candidate));
  }
}

}  // namespace magpie::serving

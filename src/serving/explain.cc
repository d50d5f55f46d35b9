#include "serving/explain.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "serving/popular.h"

namespace magpie::serving {
namespace {

// The newest profile items that a collaborative reason may name: a person remembers those.
constexpr std::size_t kNamedItems = kItemToItemProfileItems;

float part(const std::array<float, kRankerFeatures>& contributions, RankerFeature feature) {
  return contributions[static_cast<std::size_t>(feature)];
}

// What the source's own features added to the score. Popularity is of every item, whatever its source: it is no feature
// of the trending source, which explains only what nothing else does.
float part(const std::array<float, kRankerFeatures>& contributions, Source source) {
  switch (source) {
    case Source::kCollaborative:
      return part(contributions, RankerFeature::kCollaborative) + part(contributions, RankerFeature::kTwoTower);
    case Source::kItemToItem:
      return part(contributions, RankerFeature::kItemToItemShort) +
             part(contributions, RankerFeature::kItemToItemLong) + part(contributions, RankerFeature::kItemGraph);
    case Source::kContent: return part(contributions, RankerFeature::kContent);
    case Source::kTrending:
    case Source::kPopular:
    case Source::kOnboarding:
    case Source::kExploration: break;
  }
  return 0;
}

Source strongest_source(const MergedCandidate& candidate, const std::array<float, kRankerFeatures>& contributions) {
  const std::vector<Source> sources = candidate.sources.list();
  return *std::max_element(sources.begin(), sources.end(),
                           [&](Source a, Source b) { return part(contributions, a) < part(contributions, b); });
}

struct Deed {
  std::string_view type;
  std::string_view past_tense;
};
constexpr std::array<Deed, 9> kDeeds{{{"view", "viewed"},
                                      {"click", "looked at"},
                                      {"add_to_cart", "picked"},
                                      {"purchase", "bought"},
                                      {"like", "liked"},
                                      {"rating", "rated"},
                                      {"watch", "watched"},
                                      {"read", "read"},
                                      {"listen", "listened to"}}};

std::string_view past_tense(std::string_view type) {
  for (const Deed& deed : kDeeds) {
    if (deed.type == type) return deed.past_tense;
  }
  return "chose";
}

class Explainer {
 public:
  Explainer(const RequestContext& context, const EventTypes& types) : context_(context), types_(types) {}

  [[nodiscard]] std::string reason(const MergedCandidate& candidate, Source source) const {
    switch (source) {
      case Source::kCollaborative: return collaborative(candidate.item);
      case Source::kItemToItem: return item_to_item(candidate.item);
      case Source::kContent: return content(candidate.item);
      case Source::kTrending: return in_category("Trending", candidate);
      case Source::kOnboarding: return "Because you chose " + category_of(candidate).value_or("what you like");
      case Source::kExploration: return in_category("To find out what you like", candidate);
      case Source::kPopular: break;
    }
    return in_category(has_popularity(context_, candidate.item) ? "Popular" : "New", candidate);
  }

 private:
  [[nodiscard]] std::string title(ItemIndex index) const {
    const CatalogueItem* item = context_.catalogue->at(index);
    if (item == nullptr) return {};
    return item->item.title.empty() ? item->item.id.get() : item->item.title;
  }

  // "viewed Alien"; empty for an item that is no more.
  [[nodiscard]] std::string deed(ItemIndex index) const {
    const std::string name = title(index);
    if (name.empty()) return {};
    return std::string(verb(context_.catalogue->at(index)->id_hash)) + " " + name;
  }

  // Of the user's newest event with the item; history does not keep its type.
  [[nodiscard]] std::string_view verb(std::uint64_t id_hash) const {
    const UserState& recent = context_.features->recent;
    for (const StateEvent& event : recent.interactions) {
      if (recent.items[event.item].id_hash == id_hash) return past_tense(types_[event.type].name);
    }
    return "chose";
  }

  [[nodiscard]] std::string collaborative(ItemIndex item) const {
    const auto anchor = nearest_in_profile(item);
    const std::string what = anchor ? deed(*anchor) : std::string();
    return what.empty() ? "Popular with people like you" : "Popular with people who " + what;
  }

  // The profile item whose factors are nearest to the item's.
  [[nodiscard]] std::optional<ItemIndex> nearest_in_profile(ItemIndex item) const {
    const Matrix& factors = context_.model->model().item_factors;
    const auto row = context_.model->row_of(item);
    if (!row || *row >= factors.rows) return std::nullopt;
    const auto target = factors.row(*row);
    std::optional<std::uint32_t> nearest;
    float most = 0;
    const auto& items = context_.profile.items;
    for (const ProfileItem& known : std::span(items).first(std::min(items.size(), kNamedItems))) {
      if (known.row >= factors.rows) continue;
      const auto other = factors.row(known.row);
      const float similarity = known.strength * std::inner_product(target.begin(), target.end(), other.begin(), 0.0F);
      if (similarity > most) {
        most = similarity;
        nearest = known.row;
      }
    }
    return nearest ? context_.model->item_of(*nearest) : std::nullopt;
  }

  [[nodiscard]] std::string item_to_item(ItemIndex item) const {
    const auto because = because_of(item);
    if (!because) return "Often chosen together with your recent items";
    if (because == context_.item_context) return "Because you are looking at " + title(*because);
    const std::string what = deed(*because);
    return what.empty() ? "Often chosen together with your recent items" : "Because you " + what;
  }

  // The user's item that says most for this one: by the order of the user's items, else by the item graph.
  [[nodiscard]] std::optional<ItemIndex> because_of(ItemIndex item) const {
    const auto row = context_.model->row_of(item);
    if (!row) return std::nullopt;
    const ItemToItemScore* by_order = context_.signals.item_to_item.find(*row);
    const auto strongest = by_order != nullptr && by_order->strongest > 0
                               ? std::optional(by_order->because_of)
                               : strongest_by_item_graph(context_.model->model(), context_.profile, *row);
    return strongest ? context_.model->item_of(*strongest) : std::nullopt;
  }

  [[nodiscard]] std::string content(ItemIndex item) const {
    const auto row = context_.model->row_of(item);
    const auto like = row ? nearest_by_content(context_.model->table(), context_.profile, *row) : std::nullopt;
    const auto like_item = like ? context_.model->item_of(*like) : std::nullopt;
    const std::string name = like_item ? title(*like_item) : std::string();
    return name.empty() ? "Similar to your recent items" : "Similar to " + name;
  }

  [[nodiscard]] std::string in_category(std::string_view what, const MergedCandidate& candidate) const {
    const auto category = category_of(candidate);
    return std::string(what) + (category ? " in " + *category : " now");
  }

  // The one that it was drawn for, else a requested one of the item, else its primary one.
  [[nodiscard]] std::optional<std::string> category_of(const MergedCandidate& candidate) const {
    const auto names = context_.catalogue->category_names();
    if (candidate.explored) return names[candidate.explored->get()];
    const CatalogueItem* item = context_.catalogue->at(candidate.item);
    if (item == nullptr || item->categories.empty()) return std::nullopt;
    const auto requested =
        std::find_if(item->categories.begin(), item->categories.end(),
                     [this](CategoryIndex category) { return context_.eligibility.requested(category); });
    const CategoryIndex shown = requested == item->categories.end() ? item->categories.front() : *requested;
    return names[shown.get()];
  }

  const RequestContext& context_;
  const EventTypes& types_;
};

}  // namespace

std::string explain(const RequestContext& context, const EventTypes& types, const MergedCandidate& candidate,
                    const std::array<float, kRankerFeatures>& contributions) {
  return Explainer(context, types).reason(candidate, strongest_source(candidate, contributions));
}

}  // namespace magpie::serving

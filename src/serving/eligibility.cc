#include "serving/eligibility.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace magpie::serving {
namespace {

IdHashSet blocked_ids(const UserFeatures& features, const RecommendationRequest& request) {
  const std::size_t history = features.batch ? features.batch->history.size() : 0;
  IdHashSet blocked(features.recent.interactions.size() + history + request.exclude.size() + 1);
  for (const StateEvent& event : features.recent.interactions) {
    blocked.insert(features.recent.items[event.item].id_hash);
  }
  if (features.batch) {
    for (const std::uint64_t hash : features.batch->history) blocked.insert(hash);
  }
  for (const ItemId& id : request.exclude) blocked.insert(hash64(id.get()));
  if (request.item_context) blocked.insert(hash64(request.item_context->get()));
  return blocked;
}

}  // namespace

Eligibility::Eligibility(std::shared_ptr<const CatalogueSnapshot> catalogue, const UserFeatures& features,
                         const RecommendationRequest& request)
    : catalogue_(std::move(catalogue)),
      blocked_(blocked_ids(features, request)),
      filters_categories_(!request.categories.empty()) {
  for (const std::string& name : request.categories) {
    if (const auto category = catalogue_->find_category(name)) categories_.push_back(*category);
  }
}

bool Eligibility::admits(ItemIndex index) const {
  const CatalogueItem* item = catalogue_->at(index);
  return item != nullptr && item->item.available && !blocked_.contains(item->id_hash) && in_requested_category(*item);
}

bool Eligibility::requested(CategoryIndex category) const {
  return std::find(categories_.begin(), categories_.end(), category) != categories_.end();
}

bool Eligibility::in_requested_category(const CatalogueItem& item) const {
  return !filters_categories_ || std::any_of(item.categories.begin(), item.categories.end(),
                                             [this](CategoryIndex category) { return requested(category); });
}

}  // namespace magpie::serving

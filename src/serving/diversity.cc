#include "serving/diversity.h"

#include <algorithm>
#include <utility>

namespace magpie::serving {

DiversityRule::DiversityRule(const CatalogueSnapshot& catalogue, std::size_t most, IsExempt is_exempt)
    : catalogue_(catalogue), most_(most), is_exempt_(std::move(is_exempt)) {}

bool DiversityRule::take(ItemIndex index) {
  const CatalogueItem* item = catalogue_.at(index);
  if (most_ == 0 || item == nullptr || item->categories.empty()) return true;
  const CategoryIndex primary = item->categories.front();
  if (is_exempt_(primary)) return true;
  auto count =
      std::find_if(counts_.begin(), counts_.end(), [primary](const Count& other) { return other.category == primary; });
  if (count == counts_.end()) count = counts_.insert(counts_.end(), {primary, 0});
  if (count->taken == most_) return false;
  ++count->taken;
  return true;
}

DiversePick pick_diverse(std::span<const ItemIndex> ranked, std::size_t n, DiversityRule& rule) {
  DiversePick pick;
  for (std::size_t i = 0; i < ranked.size() && pick.picked.size() < n; ++i) {
    (rule.take(ranked[i]) ? pick.picked : pick.held_back).push_back(i);
  }
  return pick;
}

}  // namespace magpie::serving

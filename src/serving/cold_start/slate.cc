#include "serving/cold_start/slate.h"

#include <algorithm>
#include <array>

namespace magpie::serving {

bool Slate::contains(ItemIndex item) const { return std::find(items_.begin(), items_.end(), item) != items_.end(); }

bool Slate::admits(ItemIndex item) const {
  if (!context_.eligibility.admits(item) || contains(item)) return false;
  const CategoryIndex* category = capped_category(item);
  return category == nullptr || std::none_of(counts_.begin(), counts_.end(), [&](const Count& count) {
           return count.category == *category && count.taken >= max_per_category_;
         });
}

void Slate::add(ItemIndex item) {
  items_.push_back(item);
  const CategoryIndex* category = capped_category(item);
  if (category == nullptr) return;
  const auto count =
      std::find_if(counts_.begin(), counts_.end(), [&](const Count& other) { return other.category == *category; });
  if (count == counts_.end()) {
    counts_.push_back({*category, 1});
  } else {
    ++count->taken;
  }
}

const CategoryIndex* Slate::capped_category(ItemIndex item) const {
  const CatalogueItem* known = context_.catalogue->at(item);
  if (max_per_category_ == 0 || known == nullptr || known->categories.empty()) return nullptr;
  const CategoryIndex& primary = known->categories.front();
  return context_.eligibility.requested(primary) ? nullptr : &primary;
}

std::vector<MergedCandidate> interleave_parts(std::span<const MergedCandidate> exploration,
                                              std::span<const MergedCandidate> popular,
                                              std::span<const MergedCandidate> personalised) {
  const std::array parts{exploration, popular, personalised};
  const std::size_t n = exploration.size() + popular.size() + personalised.size();
  std::array<std::size_t, 3> taken{};
  std::vector<MergedCandidate> answer;
  answer.reserve(n);
  while (answer.size() < n) {
    // How far behind, in n-ths of an item.
    const auto behind = [&](std::size_t i) { return parts[i].size() * (answer.size() + 1) - taken[i] * n; };
    std::size_t next = 0;
    while (taken[next] == parts[next].size()) ++next;
    for (std::size_t i = next + 1; i < parts.size(); ++i) {
      const auto difference = static_cast<std::ptrdiff_t>(behind(i)) - static_cast<std::ptrdiff_t>(behind(next));
      if (taken[i] < parts[i].size() && difference > 0) next = i;
    }
    answer.push_back(parts[next][taken[next]++]);
  }
  return answer;
}

}  // namespace magpie::serving

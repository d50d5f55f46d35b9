// Diversity: at most so many items of one category in a response. Pure.
//
// An item counts in its primary category, its first: counting in all of them would let a rich description push an item
// out. Items without a category are never held back. Categories that the request asks for are not capped: asking for
// drama and getting three dramas would be no answer.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "model/catalogue.h"
#include "model/recommendation.h"

namespace magpie::serving {

class DiversityRule {
 public:
  using IsExempt = std::function<bool(CategoryIndex)>;

  // most == 0: no rule. `catalogue` must outlive this.
  DiversityRule(const CatalogueSnapshot& catalogue, std::size_t most, IsExempt is_exempt);

  // Whether one more item of this kind fits; counts it if so.
  [[nodiscard]] bool take(ItemIndex index);

 private:
  struct Count {
    CategoryIndex category;
    std::size_t taken = 0;
  };

  const CatalogueSnapshot& catalogue_;
  std::size_t most_;
  IsExempt is_exempt_;
  std::vector<Count> counts_;  // Of the categories seen: a handful.
};

// The first n of `ranked` that the rule lets pass, and the others that it was asked about and held back, both in order.
struct DiversePick {
  std::vector<std::size_t> picked;  // Positions in `ranked`.
  std::vector<std::size_t> held_back;
};
[[nodiscard]] DiversePick pick_diverse(std::span<const ItemIndex> ranked, std::size_t n, DiversityRule& rule);

}  // namespace magpie::serving

// Selection: the n items of a response from the ranked candidates, under the diversity rule.
//
// In order, until there are n:
//   1. ranked candidates that the rule lets pass;
//   2. popular items that the rule lets pass (of other categories, then);
//   3. ranked candidates that the rule held back;
//   4. whatever popular or new items are left.
// So the rule holds wherever the catalogue has enough to keep it, and an answer is not shorter than n while there are
// items for it. Scores descend within each step. Pure.
#pragma once

#include <vector>

#include "serving/merge.h"
#include "serving/request_context.h"

namespace magpie::serving {

struct Selection {
  std::vector<MergedCandidate> items;
  bool fell_back = false;  // Steps 2 or 4 contributed.
};

// `ranked`: best first, each item once, all eligible. max_per_category 0: no rule.
[[nodiscard]] Selection select(const RequestContext& context, std::vector<MergedCandidate> ranked, std::size_t n,
                               std::size_t max_per_category);

}  // namespace magpie::serving

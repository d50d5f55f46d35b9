// Slate: what a blended answer already has, so that its parts do not repeat each other nor crowd one category.
// Thread-safety: none; one a request.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/ids.h"
#include "serving/cold_start/blend_policy.h"
#include "serving/merge.h"
#include "serving/request_context.h"

namespace magpie::serving {

class Slate {
 public:
  // max_per_category as serving/diversity.h has it: by primary category, those requested exempt, 0: no rule.
  Slate(const RequestContext& context, std::size_t max_per_category)
      : context_(context), max_per_category_(max_per_category) {}

  [[nodiscard]] bool contains(ItemIndex item) const;
  // Eligible, not there yet, and its category is not full.
  [[nodiscard]] bool admits(ItemIndex item) const;
  void add(ItemIndex item);

 private:
  [[nodiscard]] const CategoryIndex* capped_category(ItemIndex item) const;

  struct Count {
    CategoryIndex category;
    std::size_t taken = 0;
  };

  const RequestContext& context_;
  std::size_t max_per_category_;
  std::vector<ItemIndex> items_;  // Tens: searched from end to end.
  std::vector<Count> counts_;
};

// The three parts as one answer, each in its order, spread evenly: at every position the part that is furthest behind
// its share; of equal ones the earlier.
[[nodiscard]] std::vector<MergedCandidate> interleave_parts(std::span<const MergedCandidate> exploration,
                                                            std::span<const MergedCandidate> popular,
                                                            std::span<const MergedCandidate> personalised);

}  // namespace magpie::serving

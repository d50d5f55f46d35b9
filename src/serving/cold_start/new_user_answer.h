// The answer to a user of whom little is known: personalised, exploring and popular items by their shares. Pure but for
// the draws.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/random.h"
#include "model/event_type.h"
#include "model/ids.h"
#include "serving/cold_start/blend_policy.h"
#include "serving/merge.h"
#include "serving/request_context.h"

namespace magpie::serving {

struct NewUserBlend {
  BlendSlots slots;
  std::vector<CategoryIndex> interests;  // Of onboarding; may be empty.
  std::span<const CategoryIndex> categories;  // To explore beside them, best first.
  std::size_t most_categories = 10;  // Explored in all.
  std::size_t max_per_category = 3;  // As serving/diversity.h.
};

// `personalised`: the answer as it is without a blend, best first. Popular items are of the interests where there are
// any. What one part lacks the others fill, so that the result is as long as `personalised` at least, up to all slots.
[[nodiscard]] std::vector<MergedCandidate> new_user_answer(const RequestContext& context, const EventTypes& types,
                                                           const NewUserBlend& blend,
                                                           std::span<const MergedCandidate> personalised,
                                                           Random& random);

}  // namespace magpie::serving

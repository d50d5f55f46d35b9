// Explain: one sentence for a person on why an item is recommended. Pure.
//
// The reason is taken from the source whose features added most to the item's score, so that it is the true one; ties,
// and items that no model knows, go by the order of Source.
#pragma once

#include <array>
#include <string>

#include "model/event_type.h"
#include "serving/merge.h"
#include "serving/request_context.h"

namespace magpie::serving {

// "Because you viewed Alien", "Popular with people who liked Alien", "Similar to Alien", "Trending in Horror",
// "Popular in Horror", "New in Horror".
[[nodiscard]] std::string explain(const RequestContext& context, const EventTypes& types,
                                  const MergedCandidate& candidate,
                                  const std::array<float, kRankerFeatures>& contributions);

}  // namespace magpie::serving

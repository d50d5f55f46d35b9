// Trending candidates: what many people turn to these days, in the categories that the user prefers and overall.
// Ensures exploration, and serves users of whom nothing is known. Pure.
#pragma once

#include <vector>

#include "base/status.h"
#include "serving/request_context.h"

namespace magpie::serving {

// At most `quota` eligible items: about half of them from the user's categories (all from the requested ones, where the
// request names some), then the overall list; where too few are trending, the model's recently popular items.
// Fails where the trending lists could not be read.
[[nodiscard]] Result<std::vector<Candidate>> trending_candidates(const RequestContext& context, std::size_t quota);

}  // namespace magpie::serving

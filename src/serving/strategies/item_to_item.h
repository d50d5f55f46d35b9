// Item-to-item candidates: neighbours of the user's newest items, and of the item being looked at, which counts as the
// newest of all (kernels/candidate_features.h). Pure.
#pragma once

#include <vector>

#include "base/status.h"
#include "serving/request_context.h"

namespace magpie::serving {

// At most `quota` eligible items, best first, each with the item that led to it.
[[nodiscard]] Result<std::vector<Candidate>> item_to_item_candidates(const RequestContext& context, std::size_t quota);

}  // namespace magpie::serving

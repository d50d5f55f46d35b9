// Collaborative candidates: "people who like what you like also like ...": the items whose ALS factors have the largest
// inner product with the user's (kernels/als.h). Pure.
#pragma once

#include <vector>

#include "base/status.h"
#include "serving/request_context.h"

namespace magpie::serving {

// At most `quota` eligible items, best first; none for a user without an embedding.
[[nodiscard]] Result<std::vector<Candidate>> collaborative_candidates(const RequestContext& context, std::size_t quota);

}  // namespace magpie::serving

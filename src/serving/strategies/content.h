// Content-based candidates: items described like the user's newest ones (TF-IDF, kernels/tfidf.h). Reaches items that
// nobody has interacted with yet. Pure.
#pragma once

#include <vector>

#include "base/status.h"
#include "serving/request_context.h"

namespace magpie::serving {

// At most `quota` eligible items, best first; none for a user whose items have no description.
[[nodiscard]] Result<std::vector<Candidate>> content_candidates(const RequestContext& context, std::size_t quota);

}  // namespace magpie::serving

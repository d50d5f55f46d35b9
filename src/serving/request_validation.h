// Validation of a recommendation request. Pure.
#pragma once

#include "base/status.h"
#include "model/recommendation.h"

namespace magpie::serving {

// kInvalidArgument names the field as the API spells it: user_id, n, surface, category, exclude, item_id.
[[nodiscard]] Status validate(const RecommendationRequest& request);
// n: 1 to kMaxRecommendations.
[[nodiscard]] Status validate_count(std::size_t n);

}  // namespace magpie::serving

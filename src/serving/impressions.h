// Impressions: what a response showed, as events, so that clicks and purchases can be told to be its doing. Pure.
#pragma once

#include <functional>
#include <vector>

#include "model/catalogue.h"
#include "model/event.h"
#include "model/recommendation.h"

namespace magpie::serving {

// One event an item, in order of position. `next_id` gives event ids.
[[nodiscard]] std::vector<Event> impressions(const RecommendationRequest& request, const Recommendation& response,
                                             const CatalogueSnapshot& catalogue, Timestamp now,
                                             const std::function<std::string()>& next_id);

}  // namespace magpie::serving

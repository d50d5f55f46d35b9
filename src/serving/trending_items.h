// The trending items of an answer: the stream's list, completed from the model. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "model/catalogue.h"
#include "model/item_stats.h"
#include "serving/serving_model.h"

namespace magpie::serving {

// At most n available items of the category (empty: all). Items that only the model knows follow those of the stream
// and score 0: its counts are of another scale. `model` may be null.
[[nodiscard]] std::vector<TrendingItem> trending_items(const Trending& lists, const ServingModel* model,
                                                       const CatalogueSnapshot& catalogue, std::string_view category,
                                                       std::size_t n);

}  // namespace magpie::serving

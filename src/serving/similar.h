// Similar: items like one item, for an item page. Pure.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "model/catalogue.h"
#include "model/recommendation.h"
#include "serving/serving_model.h"

namespace magpie::serving {

// At most n available items: those that people take together with it (kItemToItem), then, where they are fewer, those
// described like it (kContent); scores are comparable within one source. An item that came after the last join is
// vectorized on the spot. Precondition: the catalogue has the item.
[[nodiscard]] std::vector<SimilarItem> similar_items(const ServingModel& model, const CatalogueSnapshot& catalogue,
                                                     ItemIndex item, std::size_t n);

}  // namespace magpie::serving

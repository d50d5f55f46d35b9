// ItemContent: what the catalogue says of the items of a training, a row an item.
// Thread-safety: plain values; the function is pure.
#pragma once

#include <optional>
#include <vector>

#include "kernels/language.h"
#include "model/catalogue.h"
#include "model/ids.h"
#include "model/matrix.h"
#include "model/trained_model.h"

namespace magpie::batch {

struct ItemContent {
  ContentModel model;
  SparseMatrix categories;  // append_categories() of each item.
};

// Row i describes items[i]. An item that is not in the catalogue any more has no content. `language`: of the texts;
// nothing: the one that they seem to be in.
[[nodiscard]] ItemContent read_item_content(const std::vector<ItemId>& items, const CatalogueSnapshot& catalogue,
                                            std::optional<Language> language = std::nullopt);

}  // namespace magpie::batch

#include "batch/item_content.h"

#include "kernels/candidate_features.h"
#include "kernels/tfidf.h"

namespace magpie::batch {

ItemContent read_item_content(const std::vector<ItemId>& items, const CatalogueSnapshot& catalogue,
                              std::optional<Language> language) {
  const CatalogueItem gone;
  std::vector<const Item*> described;
  ItemContent content;
  content.categories.columns = catalogue.category_names().size();
  for (const ItemId& id : items) {
    const std::optional<ItemIndex> index = catalogue.find(id);
    const CatalogueItem* found = index ? catalogue.at(*index) : nullptr;
    if (found == nullptr) found = &gone;
    described.push_back(&found->item);
    append_categories(content.categories, found->categories);
  }
  content.model = fit_content(described, language ? *language : detect_language(described));
  return content;
}

}  // namespace magpie::batch

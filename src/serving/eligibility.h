// Eligibility: which items a response may hold. The one filter of every strategy and of the fallback.
//
// Out: deleted and unavailable items; what the user interacted with, in the real-time half or in history (an impression
// is no interaction); excluded items and the item being looked at; items in none of the requested categories.
// Thread-safety: immutable.
#pragma once

#include <memory>
#include <vector>

#include "model/catalogue.h"
#include "model/recommendation.h"
#include "model/user_features.h"
#include "serving/id_hash_set.h"

namespace magpie::serving {

class Eligibility {
 public:
  Eligibility(std::shared_ptr<const CatalogueSnapshot> catalogue, const UserFeatures& features,
              const RecommendationRequest& request);

  [[nodiscard]] bool admits(ItemIndex index) const;
  // How many ids are blocked: what a search must fetch on top of what it wants to keep.
  [[nodiscard]] std::size_t blocked() const { return blocked_.size(); }
  [[nodiscard]] bool filters_categories() const { return filters_categories_; }
  // The requested categories that exist.
  [[nodiscard]] const std::vector<CategoryIndex>& categories() const { return categories_; }
  [[nodiscard]] bool requested(CategoryIndex category) const;

 private:
  [[nodiscard]] bool in_requested_category(const CatalogueItem& item) const;

  std::shared_ptr<const CatalogueSnapshot> catalogue_;
  IdHashSet blocked_;
  bool filters_categories_;
  std::vector<CategoryIndex> categories_;
};

}  // namespace magpie::serving

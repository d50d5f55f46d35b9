// The survey: which categories to ask a new user about, and to explore where nothing is known. Pure.
//
// Few categories should say much: each next one is the one whose items, as far as no category before it has them, are
// interacted with most. That is the greedy algorithm for maximum coverage, within 1 - 1/e of the best choice (G.
// Nemhauser, L. Wolsey, M. Fisher: An analysis of approximations for maximizing submodular set functions, 1978). So the
// categories are popular, differ from each other, and together cover the catalogue.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/catalogue.h"
#include "model/ids.h"
#include "serving/serving_model.h"

namespace magpie::serving {

// At most n categories, best first, by the model's most popular available items; those that cover nothing more come
// last, by all that they cover. Without a model (null) every item weighs the same. Costs n times the items looked at
// (some thousands).
[[nodiscard]] std::vector<CategoryIndex> survey_categories(const ServingModel* model,
                                                           const CatalogueSnapshot& catalogue, std::size_t n);

struct SurveyCategory {
  std::string category;
  std::vector<ItemId> examples;  // Its most popular available items that no category before it shows.
};

[[nodiscard]] std::vector<SurveyCategory> survey(const ServingModel* model, const CatalogueSnapshot& catalogue,
                                                 std::size_t categories, std::size_t examples);

}  // namespace magpie::serving

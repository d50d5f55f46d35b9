// RequestContext: everything that one request reads, gathered once and immutable, so that strategies are pure functions
// of it and one that is late can finish safely after the response has gone.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/status.h"
#include "kernels/candidate_features.h"
#include "model/catalogue.h"
#include "model/item_stats.h"
#include "model/recommendation.h"
#include "model/user_features.h"
#include "serving/eligibility.h"
#include "serving/serving_model.h"

namespace magpie::serving {

struct RequestContext {
  // Reads the profile and its signals; costs what the user's newest items have of neighbours and terms.
  // `serving_model` may be null, the others not; `trending_lists` is the store's answer.
  RequestContext(const RecommendationRequest& request, const EventTypes& types,
                 std::shared_ptr<const CatalogueSnapshot> snapshot, std::shared_ptr<const ServingModel> serving_model,
                 std::shared_ptr<const UserFeatures> user_features,
                 Result<std::shared_ptr<const Trending>> trending_lists);

  std::shared_ptr<const CatalogueSnapshot> catalogue;
  std::shared_ptr<const ServingModel> model;
  std::shared_ptr<const UserFeatures> features;
  Result<std::shared_ptr<const Trending>> trending;
  Eligibility eligibility;
  std::optional<ItemIndex> item_context;
  // Of the model's rows; empty without a model.
  TasteProfile profile;
  ProfileSignals signals;

  // How many hits a search needs so that about `quota` of them are eligible.
  [[nodiscard]] std::size_t overfetch(std::size_t quota) const;
};

}  // namespace magpie::serving

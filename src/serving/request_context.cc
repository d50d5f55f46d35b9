#include "serving/request_context.h"

#include <algorithm>
#include <utility>

namespace magpie::serving {
namespace {

// Searches slow down with what they fetch; beyond this the fallback fills the response.
constexpr std::size_t kMostFetched = 2048;
// Hits that turn out to be withdrawn or deleted.
constexpr std::size_t kSpare = 32;
// A guess at the share of items in the requested categories; being wrong costs candidates, not correctness.
constexpr std::size_t kCategoryFilterFactor = 4;

}  // namespace

RequestContext::RequestContext(const RecommendationRequest& request, const EventTypes& types,
                               std::shared_ptr<const CatalogueSnapshot> snapshot,
                               std::shared_ptr<const ServingModel> serving_model,
                               std::shared_ptr<const UserFeatures> user_features,
                               Result<std::shared_ptr<const Trending>> trending_lists)
    : catalogue(std::move(snapshot)),
      model(std::move(serving_model)),
      features(std::move(user_features)),
      trending(std::move(trending_lists)),
      eligibility(catalogue, *features, request) {
  if (request.item_context) item_context = catalogue->find(*request.item_context);
  if (model == nullptr) return;
  const auto row_of = [this](std::uint64_t id_hash) { return model->row_of_hash(id_hash); };
  profile = taste_profile(*features, types, row_of, model->model(), model->version(),
                          item_context ? model->row_of(*item_context) : std::nullopt);
  signals = profile_signals(model->table(), profile);
}

std::size_t RequestContext::overfetch(std::size_t quota) const {
  const std::size_t wanted = quota + eligibility.blocked() + kSpare;
  return std::min(eligibility.filters_categories() ? wanted * kCategoryFilterFactor : wanted, kMostFetched);
}

}  // namespace magpie::serving

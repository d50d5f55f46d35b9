#include "serving/impressions.h"

namespace magpie::serving {

std::vector<Event> impressions(const RecommendationRequest& request, const Recommendation& response,
                               const CatalogueSnapshot& catalogue, Timestamp now,
                               const std::function<std::string()>& next_id) {
  std::vector<Event> events;
  events.reserve(response.items.size());
  for (const RecommendedItem& shown : response.items) {
    Event event;
    event.id = EventId(next_id());
    event.user = request.user;
    event.item = shown.item;
    event.type = kImpression;
    event.time = now;
    event.request = response.id;
    event.context.surface = request.surface;
    if (const auto index = catalogue.find(shown.item)) event.categories = catalogue.at(*index)->item.categories;
    event.position = static_cast<std::uint32_t>(events.size());
    event.model_version = response.model_version;
    event.propensity = shown.propensity;
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace magpie::serving

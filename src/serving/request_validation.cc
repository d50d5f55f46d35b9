#include "serving/request_validation.h"

#include <string>

#include "model/item.h"

namespace magpie::serving {
namespace {

Status validate_bound(std::string field, std::size_t size, std::size_t bound) {
  if (size <= bound) return ok_status();
  return invalid_argument(std::move(field), "must be given at most " + std::to_string(bound) + " times");
}

}  // namespace

Status validate_count(std::size_t n) {
  if (n >= 1 && n <= kMaxRecommendations) return ok_status();
  return invalid_argument("n", "must be from 1 to " + std::to_string(kMaxRecommendations));
}

Status validate(const RecommendationRequest& request) {
  MAGPIE_RETURN_IF_ERROR(validate_id("user_id", request.user.get()));
  MAGPIE_RETURN_IF_ERROR(validate_count(request.n));
  if (!request.surface.empty()) MAGPIE_RETURN_IF_ERROR(validate_id("surface", request.surface));
  MAGPIE_RETURN_IF_ERROR(validate_bound("category", request.categories.size(), kMaxRequestCategories));
  for (const std::string& category : request.categories) MAGPIE_RETURN_IF_ERROR(validate_id("category", category));
  MAGPIE_RETURN_IF_ERROR(validate_bound("exclude", request.exclude.size(), kMaxRequestExcludes));
  for (const ItemId& item : request.exclude) MAGPIE_RETURN_IF_ERROR(validate_id("exclude", item.get()));
  if (request.item_context) MAGPIE_RETURN_IF_ERROR(validate_id("item_id", request.item_context->get()));
  return ok_status();
}

}  // namespace magpie::serving

#include "model/item.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace magpie {
namespace {

std::string indexed(std::string_view field, std::size_t index) {
  return std::string(field).append("[").append(std::to_string(index)).append("]");
}

Error too_many(std::string_view field, std::size_t limit) {
  return invalid_argument(std::string(field), "must have at most " + std::to_string(limit) + " entries");
}

Status validate_text(std::string_view field, std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    return invalid_argument(std::string(field), "must be at most " + std::to_string(limit) + " bytes long");
  }
  if (!is_valid_utf8(text)) return invalid_argument(std::string(field), "must be valid UTF-8");
  return {};
}

// Each a name, none twice: a category that counted twice would weigh twice in every feature.
Status validate_names(std::string_view field, const std::vector<std::string>& names, std::size_t limit) {
  if (names.size() > limit) return too_many(field, limit);
  for (auto name = names.begin(); name != names.end(); ++name) {
    const auto index = static_cast<std::size_t>(name - names.begin());
    MAGPIE_RETURN_IF_ERROR(validate_id(indexed(field, index), *name));
    if (std::find(names.begin(), name, *name) != name) return invalid_argument(indexed(field, index), "is there twice");
  }
  return {};
}

Status validate_time(std::string_view field, Timestamp time) {
  return is_plausible(time) ? Status() : invalid_argument(std::string(field), "must be in the years 1 to 9999");
}

Status validate_embedding(const std::vector<float>& embedding) {
  if (embedding.size() > kMaxEmbeddingDimensions) return too_many("embedding", kMaxEmbeddingDimensions);
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    if (!std::isfinite(embedding[i])) return invalid_argument(indexed("embedding", i), "must be a finite number");
  }
  return {};
}

}  // namespace

Status validate(const Item& item) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", item.id.get()));
  MAGPIE_RETURN_IF_ERROR(validate_text("title", item.title, kMaxTitleLength));
  MAGPIE_RETURN_IF_ERROR(validate_text("description", item.description, kMaxDescriptionLength));
  MAGPIE_RETURN_IF_ERROR(validate_names("categories", item.categories, kMaxCategories));
  MAGPIE_RETURN_IF_ERROR(validate_names("tags", item.tags, kMaxTags));
  if (item.price && !(std::isfinite(*item.price) && *item.price >= 0)) {
    return invalid_argument("price", "must be a finite number, not negative");
  }
  MAGPIE_RETURN_IF_ERROR(validate_time("created_at", item.created_at));
  return validate_embedding(item.embedding);
}

Status validate(const User& user) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", user.id.get()));
  MAGPIE_RETURN_IF_ERROR(validate_names("interests", user.interests, kMaxInterests));
  MAGPIE_RETURN_IF_ERROR(validate_time("created_at", user.created_at));
  return user.segment.empty() ? Status() : validate_id("segment", user.segment);
}

Status validate_id(std::string_view field, std::string_view id) {
  if (id.empty()) return invalid_argument(std::string(field), "must not be empty");
  if (id.size() > kMaxIdLength) {
    return invalid_argument(std::string(field), "must be at most " + std::to_string(kMaxIdLength) + " bytes long");
  }
  if (!is_printable_utf8(id)) {
    return invalid_argument(std::string(field), "must be valid UTF-8 without control characters");
  }
  return {};
}

}  // namespace magpie

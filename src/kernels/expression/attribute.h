// Attribute: what an expression may ask about an item and about the request. Thread-safety: immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/catalogue.h"

namespace magpie::expression {

enum class Type : std::uint8_t {
  kNumber,
  kDuration,  // Milliseconds.
  kTime,      // Unix milliseconds.
  kText,
  kBoolean,
  kNames,  // A set of texts: categories, tags.
};
[[nodiscard]] std::string_view to_string(Type type);  // "a number", "a duration", ...

enum class Attribute : std::uint8_t {
  kId,
  kTitle,
  kCategory,  // The primary one; missing where the item has none.
  kCategories,
  kTags,
  kPrice,  // Missing where the item has none.
  kCreatedAt,
  kAge,  // now - created_at
  kAvailable,
  kEditorial,
  kPopularity,  // 0 to 1: interactions in the training window as a share of the most popular item's.
  // Of the request; missing where it does not say.
  kSurface,
  kRegion,
  kDevice,
};

struct AttributeInfo {
  std::string_view name;
  Attribute attribute;
  Type type;
};
// In the order of Attribute.
[[nodiscard]] std::span<const AttributeInfo> attributes();
[[nodiscard]] std::optional<AttributeInfo> find_attribute(std::string_view name);
[[nodiscard]] bool is_of_request(Attribute attribute);

// What an expression sees of a request.
struct RequestAttributes {
  std::string surface;
  std::string region;
  std::string device;
  Timestamp now;
};

// What it sees of an item. A view.
struct ItemAttributes {
  const CatalogueItem& item;
  double popularity = 0;
};

// Missing: empty.
[[nodiscard]] std::string_view text_of(Attribute attribute, const ItemAttributes& item,
                                       const RequestAttributes& request);
// The same of an attribute that is of the request; empty for others.
[[nodiscard]] std::string_view text_of(Attribute attribute, const RequestAttributes& request);
// Of a number, a duration or a time; missing: NaN.
[[nodiscard]] double number_of(Attribute attribute, const ItemAttributes& item, const RequestAttributes& request);
[[nodiscard]] bool flag_of(Attribute attribute, const ItemAttributes& item);

}  // namespace magpie::expression

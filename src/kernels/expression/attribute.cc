#include "kernels/expression/attribute.h"

#include <algorithm>
#include <array>
#include <limits>

namespace magpie::expression {
namespace {

constexpr std::array<AttributeInfo, 14> kAttributes{{{"id", Attribute::kId, Type::kText},
                                                     {"title", Attribute::kTitle, Type::kText},
                                                     {"category", Attribute::kCategory, Type::kText},
                                                     {"categories", Attribute::kCategories, Type::kNames},
                                                     {"tags", Attribute::kTags, Type::kNames},
                                                     {"price", Attribute::kPrice, Type::kNumber},
                                                     {"created_at", Attribute::kCreatedAt, Type::kTime},
                                                     {"age", Attribute::kAge, Type::kDuration},
                                                     {"available", Attribute::kAvailable, Type::kBoolean},
                                                     {"editorial", Attribute::kEditorial, Type::kBoolean},
                                                     {"popularity", Attribute::kPopularity, Type::kNumber},
                                                     {"surface", Attribute::kSurface, Type::kText},
                                                     {"region", Attribute::kRegion, Type::kText},
                                                     {"device", Attribute::kDevice, Type::kText}}};

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::string_view to_string(Type type) {
  switch (type) {
    case Type::kNumber: return "a number";
    case Type::kDuration: return "a duration";
    case Type::kTime: return "a time";
    case Type::kText: return "a text";
    case Type::kBoolean: return "a condition";
    case Type::kNames: return "a set of names";
  }
  return "";
}

std::span<const AttributeInfo> attributes() { return kAttributes; }

std::optional<AttributeInfo> find_attribute(std::string_view name) {
  const auto found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                  [name](const AttributeInfo& info) { return info.name == name; });
  return found == kAttributes.end() ? std::nullopt : std::optional(*found);
}

bool is_of_request(Attribute attribute) {
  return attribute == Attribute::kSurface || attribute == Attribute::kRegion || attribute == Attribute::kDevice;
}

std::string_view text_of(Attribute attribute, const ItemAttributes& item, const RequestAttributes& request) {
  switch (attribute) {
    case Attribute::kId: return item.item.item.id.get();
    case Attribute::kTitle: return item.item.item.title;
    case Attribute::kCategory:
      return item.item.item.categories.empty() ? std::string_view() : item.item.item.categories.front();
    default: return text_of(attribute, request);
  }
}

std::string_view text_of(Attribute attribute, const RequestAttributes& request) {
  switch (attribute) {
    case Attribute::kSurface: return request.surface;
    case Attribute::kRegion: return request.region;
    case Attribute::kDevice: return request.device;
    default: return {};
  }
}

double number_of(Attribute attribute, const ItemAttributes& item, const RequestAttributes& request) {
  switch (attribute) {
    case Attribute::kPrice: return item.item.item.price.value_or(kMissing);
    case Attribute::kCreatedAt: return static_cast<double>(to_unix_ms(item.item.item.created_at));
    case Attribute::kAge: return static_cast<double>((request.now - item.item.item.created_at).count());
    case Attribute::kPopularity: return item.popularity;
    default: return kMissing;
  }
}

bool flag_of(Attribute attribute, const ItemAttributes& item) {
  return attribute == Attribute::kAvailable ? item.item.item.available : item.item.item.editorial;
}

}  // namespace magpie::expression

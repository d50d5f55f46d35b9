// Item and User: the two nouns that the application owns. Both are replaced whole, never patched in place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/ids.h"

namespace magpie {

inline constexpr std::size_t kMaxCategories = 16;
inline constexpr std::size_t kMaxTags = 64;
inline constexpr std::size_t kMaxInterests = 64;
inline constexpr std::size_t kMaxTitleLength = 1024;         // bytes
inline constexpr std::size_t kMaxDescriptionLength = 65536;  // bytes
inline constexpr std::size_t kMaxEmbeddingDimensions = 1024;

struct Item {
  ItemId id;
  std::string title;
  std::string description;
  std::vector<std::string> categories;  // The first one is the primary category.
  std::vector<std::string> tags;
  std::optional<double> price;
  Timestamp created_at;
  bool available = true;
  bool editorial = false;
  std::vector<float> embedding;  // The application's own vector; empty: none.
  friend bool operator==(const Item&, const Item&) = default;
};

struct User {
  UserId id;
  std::vector<std::string> interests;  // Categories chosen at onboarding.
  Timestamp created_at;
  std::string segment;
  friend bool operator==(const User&, const User&) = default;
};

// Bounds and well-formedness (valid UTF-8, finite numbers, no repeated category); the error names the field
// ("categories[2]").
[[nodiscard]] Status validate(const Item& item);
[[nodiscard]] Status validate(const User& user);
// 1 to kMaxIdLength bytes, valid UTF-8, no control characters.
[[nodiscard]] Status validate_id(std::string_view field, std::string_view id);

}  // namespace magpie

// Candidate and Recommendation: what a request turns into.
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/trained_model.h"

namespace magpie {

// Where a candidate came from; the order is the order of explanation when several sources name one item.
enum class Source : std::uint8_t {
  kCollaborative,
  kItemToItem,
  kContent,
  kTrending,
  kPopular,      // The fallback when every strategy failed; a part of a new user's answer.
  kOnboarding,   // Explored: of a category that the user chose at onboarding.
  kExploration,  // Explored: to learn of the user or of the item.
};
inline constexpr std::size_t kSources = 7;
[[nodiscard]] std::string_view to_string(Source source);  // "collaborative", "item_to_item", ...

struct Candidate {
  ItemIndex item;
  float score = 0;  // Of the source; comparable within one source only.
};

struct RecommendationRequest {
  UserId user;
  std::size_t n = 10;
  std::string surface;                    // Empty: "default".
  std::vector<std::string> categories;    // Any of them; empty: all.
  std::vector<ItemId> exclude;
  std::optional<ItemId> item_context;     // The item being looked at.
  bool explain = false;
};
inline constexpr std::size_t kMaxRecommendations = 100;
inline constexpr std::size_t kMaxRequestCategories = 32;
inline constexpr std::size_t kMaxRequestExcludes = 1000;

struct RecommendedItem {
  ItemId item;
  float score = 0;
  std::vector<Source> sources;
  std::string reason;                     // For a person; only with explain.
  std::array<float, kRankerFeatures> features{};  // Contribution of each to the score; only with explain.
  // The chance that this item came to this position, given those above it; 1 where nothing was drawn.
  float propensity = 1;
};

struct Recommendation {
  RequestId id;                           // Events carry it back.
  ModelVersion model_version;             // 0: no model yet.
  std::vector<RecommendedItem> items;
  std::vector<Source> strategies;         // Those that answered in time.
  bool cached = false;
  bool degraded = false;                  // Some strategy or the features were missing.
  std::vector<std::string> degraded_because;
};

struct SimilarItem {
  ItemId item;
  float score = 0;
  Source source = Source::kItemToItem;
};

}  // namespace magpie

// Response features: the one definition of what the heads of the response model see of an item that is shown, used
// where they are fitted and where they are applied. Pure and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/trained_model.h"

namespace magpie {

// What is known at the moment of showing, of strictly earlier events. Counts are of the history window.
struct ResponseInput {
  // kernels/candidate_features.h of the item, as the ranker sees it; nothing where it was not computed.
  std::optional<std::array<float, kRankerFeatures>> candidate;
  std::uint32_t position = 0;  // From 0. What stands first is clicked more often, whatever it is.
  // The user.
  double user_interactions = 0;
  double user_clicks = 0;
  double user_impressions = 0;
  std::optional<double> user_recency_hours;  // Since the last interaction.
  double category_interactions = 0;          // With the item's primary category.
  double pair_interactions = 0;              // With this very item.
  double pair_impressions = 0;
  std::optional<double> user_price;  // Mean price of what they had.
  // The item.
  double item_interactions = 0;
  double item_clicks = 0;
  double item_purchases = 0;
  double item_impressions = 0;
  std::optional<double> item_age_days;
  std::optional<double> item_price;
  // Where.
  std::string_view surface;
  std::string_view device;
};

// Rates are smoothed as if an item (or user) without impressions had so many, at a low rate.
inline constexpr double kPriorImpressions = 20;
inline constexpr double kPriorClickRate = 0.02;
inline constexpr double kPriorPurchaseRate = 0.002;
inline constexpr double kFreshnessDays = 30;  // An item's freshness is 1 when new, 1/e after so long.
// A surface or device is known by a bucket of its hash.
inline constexpr std::size_t kSurfaceBuckets = 16;
inline constexpr std::size_t kDeviceBuckets = 8;

inline constexpr std::size_t kPlainResponseFeatures = 19;
inline constexpr std::size_t kResponseFeatures =
    kRankerFeatures + kPlainResponseFeatures + kSurfaceBuckets + kDeviceBuckets;

// In the order of the features: "item_to_item_short", ..., "log_position", ..., "surface#0", ...
[[nodiscard]] const std::vector<std::string>& response_feature_names();

// `out` has kResponseFeatures floats.
void fill_response_features(const ResponseInput& input, std::span<float> out);

}  // namespace magpie

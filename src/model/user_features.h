// UserFeatures: the record behind the key user:{user_id}, its two halves written by two layers that never touch each
// other's: `recent` by the speed layer, `batch` by the batch layer.
// Thread-safety: plain values; shared between threads as shared_ptr<const UserFeatures>.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/event_type.h"
#include "model/ids.h"
#include "model/user_state.h"

namespace magpie {

// Computed daily from history and loaded when a model version is published (docs/formats/batch_features.md).
struct BatchFeatures {
  ModelVersion model_version;             // The version whose item table user_embedding belongs to.
  Timestamp trained_until;                // Events up to here are in it.
  std::vector<float> user_embedding;      // Empty where the model knows no such user.
  std::uint32_t total_purchases = 0;      // Lifetime, within the history window.
  std::uint32_t total_interactions = 0;
  std::vector<std::string> preferred_categories;  // Best first, at most kMaxPreferredCategories.
  // hash64 of each item interacted with, most recent first, at most kMaxHistoryItems.
  std::vector<std::uint64_t> history;
  // Of the first of these, as far as a taste is read from them (kernels/candidate_features.h): the time of the newest
  // interaction, and the sum of the weights of the events since the last dislike; 0: disliked. Both of one size, at
  // most that of history.
  std::vector<Timestamp> history_times;
  std::vector<float> history_weights;
  friend bool operator==(const BatchFeatures&, const BatchFeatures&) = default;
};
inline constexpr std::size_t kMaxHistoryItems = 4096;
inline constexpr std::size_t kMaxPreferredCategories = 10;

// Equal features give equal bytes. Decoding checks every bound (kDataLoss).
// Precondition of encoding: the bounds hold.
void encode_batch_features(const BatchFeatures& features, std::string& out);
[[nodiscard]] Result<BatchFeatures> decode_batch_features(std::string_view bytes);

struct UserFeatures {
  UserState recent;
  std::optional<BatchFeatures> batch;
};

// What the real-time half says at a moment: the answer of GET /v1/users/{id}/features.
struct WindowCounts {
  std::array<std::uint32_t, kMaxEventTypes> by_type{};  // Indexed by EventType.
  friend bool operator==(const WindowCounts&, const WindowCounts&) = default;
};
struct CategoryAffinity {
  std::string category;
  double weight = 0;  // Sum of event weights, halved every kAffinityHalfLife of age.
};
inline constexpr Duration kAffinityHalfLife = std::chrono::hours(48);
inline constexpr std::size_t kLastItems = 5;

struct RealTimeFeatures {
  std::vector<ItemId> last_items;  // Distinct, newest first, at most kLastItems.
  std::optional<Timestamp> last_action;  // Of any interaction.
  Duration session_duration{0};  // Of the session that last_action belongs to.
  WindowCounts last_hour;
  WindowCounts last_day;
  WindowCounts last_week;
  std::vector<CategoryAffinity> category_affinity;  // By descending weight, ties by name; positive weights only.
  bool saturated = false;  // Counts may be short: more interactions in the last week than are kept.
};

}  // namespace magpie

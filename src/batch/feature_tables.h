// Feature tables: clean events -> what is known of users, of items, and of both together, as Parquet tables.
//
//   write_user_features   <to>/{user_features,user_categories}
//   write_item_features   <to>/item_features
//   merge_features        <to>/{item_categories,user_items,training_examples}
//
// The text of each is a file in sql/features/; the columns are in docs/formats/feature_tables.md. The first two
// describe the end of the window. A training example describes one impression by what was known strictly before it,
// and says whether it was clicked and bought after it: no later event can change its features.
// Each step is idempotent and deterministic. Thread-safety: functions of their arguments; one run of a step a
// directory; the first two may run side by side. Errors: those of the port.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "ports/analytics.h"

namespace magpie::batch {

struct FeatureSettings {
  Duration session_gap = std::chrono::minutes(30);  // Cuts the sessions of events without a session id.
  Duration click_attribution = std::chrono::hours(1);  // An impression is credited with clicks this long after it...
  Duration purchase_attribution = std::chrono::days(7);  // ... and with purchases this long.
  Duration examples =
      std::chrono::days(30);  // Impressions of this long become examples, described by the whole window.
  // Rates are smoothed towards the rate of the whole window, as if this many more impressions (or users) had been seen.
  std::uint32_t prior_impressions = 20;
  std::uint32_t prior_users = 20;
  // Training examples are made in parts of about so many events of the window, by user: each is sorted in memory.
  std::uint64_t events_per_part = 5'000'000;
};

inline constexpr std::string_view kUserFeatures = "user_features";
inline constexpr std::string_view kUserCategories = "user_categories";
inline constexpr std::string_view kItemFeatures = "item_features";
inline constexpr std::string_view kItemCategories = "item_categories";
inline constexpr std::string_view kUserItems = "user_items";
inline constexpr std::string_view kTrainingExamples = "training_examples";

// What the steps read: directories that batch/extraction.h has written.
struct FeatureSources {
  std::filesystem::path raw;  // Items and kinds of event.
  std::filesystem::path clean;  // Events.
  Timestamp window_end;
};

[[nodiscard]] Status write_user_features(Analytics& analytics, const FeatureSources& sources,
                                         const FeatureSettings& settings, const std::filesystem::path& to);
[[nodiscard]] Status write_item_features(Analytics& analytics, const FeatureSources& sources,
                                         const FeatureSettings& settings, const std::filesystem::path& to);
// `user_features` and `item_features` are the directories of the two steps before.
[[nodiscard]] Status merge_features(Analytics& analytics, const FeatureSources& sources,
                                    const std::filesystem::path& user_features,
                                    const std::filesystem::path& item_features, const FeatureSettings& settings,
                                    const std::filesystem::path& to);

}  // namespace magpie::batch

#include "batch/batch_features.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "batch/batch_features_file.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kPreferredCategories = 10;
constexpr std::size_t kUsersPerStep = 1000;

// By descending share of the user's preferences, ties by name.
std::vector<std::string> preferred_categories(const BatchFeaturesInput& input, std::size_t user) {
  SparseScores<float> sums;
  for (const NetPreference& preference : input.interactions.of(user)) {
    const std::span<const std::uint32_t> categories = input.categories.row_indices(preference.row);
    const float strength = preference_strength(preference.weight);
    for (std::size_t i = 0; i < categories.size(); ++i) {
      sums[categories[i]] += strength * input.categories.row_values(preference.row)[i];
    }
  }
  std::vector<std::pair<float, std::string>> ranked;
  for (const auto& [category, sum] : sums.entries()) {
    if (sum > 0) ranked.emplace_back(-sum, input.category_names[category]);
  }
  std::sort(ranked.begin(), ranked.end());
  if (ranked.size() > kPreferredCategories) ranked.resize(kPreferredCategories);
  std::vector<std::string> names;
  for (auto& [sum, name] : ranked) names.push_back(std::move(name));
  return names;
}

void add_history(const Interactions& interactions, std::size_t user, BatchFeatures& features) {
  for (const NetPreference& preference : interactions.of(user)) {
    if (features.history.size() == kMaxHistoryItems) return;
    features.history.push_back(hash64(interactions.items[preference.row].get()));
    if (features.history.size() > kMaxProfileItems) continue;
    features.history_times.push_back(preference.time);
    features.history_weights.push_back(static_cast<float>(preference.weight));
  }
}

}  // namespace

BatchFeatures batch_features_of(const BatchFeaturesInput& input, std::size_t user) {
  BatchFeatures features;
  features.trained_until = input.trained_until;
  const std::span<const float> factors = input.models.user_factors.row(user);
  features.user_embedding.assign(factors.begin(), factors.end());
  features.total_purchases = input.interactions.totals[user].purchases;
  features.total_interactions = input.interactions.totals[user].interactions;
  features.preferred_categories = preferred_categories(input, user);
  add_history(input.interactions, user, features);
  return features;
}

Status save_batch_features(const BatchFeaturesInput& input, const std::filesystem::path& file,
                           const std::function<void(double)>& done) {
  const std::size_t users = input.interactions.users.size();
  BatchFeaturesWriter writer(file);
  for (std::size_t user = 0; user < users; ++user) {
    writer.add(input.interactions.users[user], batch_features_of(input, user));
    if (done && user % kUsersPerStep == 0) done(static_cast<double>(user) / static_cast<double>(users));
  }
  return writer.finish();
}

Status load_batch_features(const std::filesystem::path& file, ModelVersion version, FeatureStore& features,
                           const std::function<Status(double)>& done) {
  return read_batch_features(file, kUsersPerStep, [&](std::span<UserBatchFeatures> users, double fraction) -> Status {
    for (auto& [user, row] : users) row.model_version = version;
    MAGPIE_RETURN_IF_ERROR(features.load_batch(users));
    return done(fraction);
  });
}

}  // namespace magpie::batch

#include "serving/cold_start/user_experience.h"

#include <algorithm>

namespace magpie::serving {
namespace {

std::optional<Timestamp> first_seen(const UserFeatures& features) {
  std::optional<Timestamp> first;
  const auto consider = [&first](Timestamp time) { first = first ? std::min(*first, time) : time; };
  if (!features.recent.interactions.empty()) consider(features.recent.interactions.back().time);
  if (!features.recent.impressions.empty()) consider(features.recent.impressions.back().time);
  if (features.batch) {
    for (const Timestamp time : features.batch->history_times) consider(time);
  }
  return first;
}

}  // namespace

std::size_t interactions_of(const UserFeatures& features) {
  const auto& recent = features.recent.interactions;  // Newest first.
  if (!features.batch) return recent.size();
  const auto counted = std::find_if(recent.begin(), recent.end(), [&](const StateEvent& event) {
    return event.time < features.batch->trained_until;
  });
  return features.batch->total_interactions + static_cast<std::size_t>(counted - recent.begin());
}

UserExperience experience_of(const UserFeatures& features, const std::optional<User>& user, Timestamp now) {
  const Timestamp since = user ? user->created_at : first_seen(features).value_or(now);
  return {std::max(Duration(0), now - since), interactions_of(features)};
}

}  // namespace magpie::serving

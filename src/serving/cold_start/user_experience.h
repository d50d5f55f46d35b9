// How long a user has been there and how much is known of them. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "model/item.h"
#include "model/user_features.h"
#include "serving/cold_start/blend_policy.h"

namespace magpie::serving {

// Interactions of both halves, each once: those of history, and those since it was read. A lower bound where the
// real-time half is full.
[[nodiscard]] std::size_t interactions_of(const UserFeatures& features);

// The age is that of `user`, or since the oldest interaction that is known where the application has not sent one;
// never negative.
[[nodiscard]] UserExperience experience_of(const UserFeatures& features, const std::optional<User>& user,
                                           Timestamp now);

}  // namespace magpie::serving

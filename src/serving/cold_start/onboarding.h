// Onboarding: a new user's answer to the survey, checked and put into their profile. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/catalogue.h"
#include "model/item.h"

namespace magpie::serving {

inline constexpr std::size_t kSurveyChoices = 3;  // What a survey asks for; more and fewer are taken.
inline constexpr std::size_t kMaxOnboardingInterests = 10;

// The user with these interests: `known` with the rest of the profile as it was, or one created now. kInvalidArgument
// names what is not one of 1 to kMaxOnboardingInterests distinct categories of the catalogue ("interests[2]").
[[nodiscard]] Result<User> onboarded(const UserId& id, std::vector<std::string> interests,
                                     const std::optional<User>& known, const CatalogueSnapshot& catalogue,
                                     Timestamp now);

}  // namespace magpie::serving

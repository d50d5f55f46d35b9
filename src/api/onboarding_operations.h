// Onboarding, once for both codecs: what to ask a new user, and their answer. See operations.h.
//
// Thread-safe. Errors: kInvalidArgument names the field; kUnavailable where the profile cannot be read or stored.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/services.h"
#include "base/status.h"
#include "model/item.h"
#include "serving/cold_start/onboarding.h"
#include "serving/cold_start/survey.h"

namespace magpie::api {

inline constexpr std::size_t kDefaultSurveyCategories = 12;
inline constexpr std::size_t kMaxSurveyCategories = 100;
inline constexpr std::size_t kDefaultSurveyExamples = 3;
inline constexpr std::size_t kMaxSurveyExamples = 20;

// What a client sends of an answer to the survey.
struct OnboardingAnswer {
  UserId id;
  std::vector<std::string> interests;
};

// Takes milliseconds.
[[nodiscard]] Result<std::vector<serving::SurveyCategory>> onboarding_survey(Services& services,
                                                                             std::optional<std::size_t> categories,
                                                                             std::optional<std::size_t> examples);
// The profile as it is stored now. Blocks.
[[nodiscard]] Result<User> onboard(Services& services, OnboardingAnswer answer);

}  // namespace magpie::api

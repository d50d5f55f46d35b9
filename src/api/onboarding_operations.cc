#include "api/onboarding_operations.h"

#include <array>
#include <utility>

namespace magpie::api {
namespace {

Status check_between(std::string_view field, std::size_t value, std::size_t least, std::size_t most) {
  if (value >= least && value <= most) return ok_status();
  return invalid_argument(std::string(field), "must be from " + std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace

Result<std::vector<serving::SurveyCategory>> onboarding_survey(Services& services,
                                                               std::optional<std::size_t> categories,
                                                               std::optional<std::size_t> examples) {
  const std::size_t asked = categories.value_or(kDefaultSurveyCategories);
  const std::size_t shown = examples.value_or(kDefaultSurveyExamples);
  MAGPIE_RETURN_IF_ERROR(check_between("categories", asked, 1, kMaxSurveyCategories));
  MAGPIE_RETURN_IF_ERROR(check_between("examples", shown, 0, kMaxSurveyExamples));
  return services.recommender.survey(asked, shown);
}

Result<User> onboard(Services& services, OnboardingAnswer answer) {
  MAGPIE_RETURN_IF_ERROR(validate_id("id", answer.id.get()));
  auto known = services.catalogue.user(answer.id);
  if (!known.ok() && known.error().code() != ErrorCode::kNotFound) return known.error();
  MAGPIE_ASSIGN_OR_RETURN(User user,
                          serving::onboarded(answer.id, std::move(answer.interests),
                                             known.ok() ? std::optional(std::move(known).value()) : std::nullopt,
                                             *services.catalogue.snapshot(), services.clock.now()));
  const std::array users{std::move(user)};
  MAGPIE_RETURN_IF_ERROR(services.catalogue.put_users(users));
  return users.front();
}

}  // namespace magpie::api

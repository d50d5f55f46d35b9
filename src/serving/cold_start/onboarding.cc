#include "serving/cold_start/onboarding.h"

#include <utility>

namespace magpie::serving {
namespace {

Status check(const std::vector<std::string>& interests, const CatalogueSnapshot& catalogue) {
  if (interests.empty() || interests.size() > kMaxOnboardingInterests) {
    return invalid_argument("interests", "must be 1 to " + std::to_string(kMaxOnboardingInterests) + " categories");
  }
  for (std::size_t i = 0; i < interests.size(); ++i) {
    if (catalogue.find_category(interests[i])) continue;
    return invalid_argument("interests[" + std::to_string(i) + "]", "is no category of the catalogue");
  }
  return ok_status();
}

}  // namespace

Result<User> onboarded(const UserId& id, std::vector<std::string> interests, const std::optional<User>& known,
                       const CatalogueSnapshot& catalogue, Timestamp now) {
  MAGPIE_RETURN_IF_ERROR(check(interests, catalogue));
  User user = known.value_or(User{id, {}, now, {}});
  user.interests = std::move(interests);
  MAGPIE_RETURN_IF_ERROR(validate(user));
  return user;
}

}  // namespace magpie::serving

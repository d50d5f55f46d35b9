#include "serving/canary_assignment.h"

#include <string>

#include "base/hash.h"

namespace magpie::serving {

bool is_canary_user(const UserId& user, ModelVersion canary, double share) {
  // No user id has a control character in it, so no two pairs give the same text.
  const std::string key = std::to_string(canary.get()) + '\0' + user.get();
  const double position = static_cast<double>(hash64(key) >> 11) * 0x1.0p-53;
  return position < share;
}

}  // namespace magpie::serving

// Which users a canary serves: a pure function of user, version and share, the same in every process.
//
// A user's position in [0, 1) is a hash of the user and the version. A share that grows keeps the users it had and adds
// others, so nobody changes sides and back during one canary; another version is tried on other users.
// Thread-safe.
#pragma once

#include "model/ids.h"

namespace magpie::serving {

// True for a share `share` of all users; share in [0, 1].
[[nodiscard]] bool is_canary_user(const UserId& user, ModelVersion canary, double share);

}  // namespace magpie::serving

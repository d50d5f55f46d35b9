// The operations on model versions and their roles, once for both codecs. See operations.h.
//
// Thread-safe. All of them block: they read model files, and what changes a role puts it in force before it returns.
// Errors: kNotFound and kDataLoss for a version that is missing or damaged (nothing changes then); kFailedPrecondition
// and kInvalidArgument as model/model_aliases.h says; and those of the store.
#pragma once

#include <string>
#include <vector>

#include "api/services.h"
#include "base/status.h"
#include "model/model_aliases.h"

namespace magpie::api {

inline constexpr double kDefaultCanaryShare = 0.1;

struct ModelList {
  ModelAliases aliases;
  std::vector<ModelInfo> models;  // Ascending by version.
};

[[nodiscard]] Result<ModelList> list_models(Services& services);
[[nodiscard]] Status promote_model(Services& services, ModelVersion version);
// To the version that was in production before.
[[nodiscard]] Status roll_back_model(Services& services);
// Makes the version the canary, or changes its share. Nobody watches it but the caller.
[[nodiscard]] Status set_canary(Services& services, ModelVersion version, double share);
// No error where there is none.
[[nodiscard]] Status withdraw_canary(Services& services, std::string reason);

}  // namespace magpie::api

#include "api/model_operations.h"

#include <utility>

namespace magpie::api {
namespace {

constexpr const char* kNoReason = "withdrawn by hand";

Status change_aliases(Services& services, const AliasChange& change) {
  MAGPIE_RETURN_IF_ERROR(services.models.update_aliases(change));
  return services.refresh_models();
}

}  // namespace

Result<ModelList> list_models(Services& services) {
  ModelList list;
  MAGPIE_ASSIGN_OR_RETURN(list.models, services.models.list());
  MAGPIE_ASSIGN_OR_RETURN(list.aliases, services.models.aliases());
  return list;
}

Status promote_model(Services& services, ModelVersion version) {
  return change_aliases(services, [version](const ModelAliases& current) { return promoted(current, version); });
}

Status roll_back_model(Services& services) { return change_aliases(services, rolled_back); }

Status set_canary(Services& services, ModelVersion version, double share) {
  const Timestamp now = services.clock.now();
  return change_aliases(services,
                        [=](const ModelAliases& current) { return with_canary(current, version, share, now); });
}

Status withdraw_canary(Services& services, std::string reason) {
  if (reason.empty()) reason = kNoReason;
  const Timestamp now = services.clock.now();
  return change_aliases(services, [&](const ModelAliases& current) { return without_canary(current, reason, now); });
}

}  // namespace magpie::api

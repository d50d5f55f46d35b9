#include "model/model_aliases.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace magpie {
namespace {

constexpr const char* kNoReason = "withdrawn for a reason that is no text";

Status validate(const Canary& canary, const ModelAliases& aliases) {
  if (!(canary.share > 0 && canary.share <= 1)) return invalid_argument("share", "must be above 0 and at most 1");
  if (!is_plausible(canary.started_at) || !is_plausible(canary.share_since)) {
    return invalid_argument("canary", "must have started in the years 1 to 9999");
  }
  if (canary.share_since < canary.started_at) return invalid_argument("canary", "has its share since before its start");
  if (!aliases.production) return invalid_argument("canary", "needs a version in production beside it");
  if (canary.version != *aliases.production) return ok_status();
  return invalid_argument("canary", "must not be the version in production");
}

Status validate(const RejectedCanary& rejected) {
  if (!is_plausible(rejected.at)) return invalid_argument("rejected", "must be of the years 1 to 9999");
  if (rejected.reason.size() <= kMaxReasonLength && is_valid_utf8(rejected.reason)) return ok_status();
  return invalid_argument("rejected", "must have a reason of at most " + std::to_string(kMaxReasonLength) + " bytes");
}

// Cut at a character, so that it stays text.
std::string bounded(std::string reason) {
  if (!is_valid_utf8(reason)) return kNoReason;
  if (reason.size() <= kMaxReasonLength) return reason;
  reason.resize(kMaxReasonLength);
  while (!is_valid_utf8(reason)) reason.pop_back();
  return reason;
}

}  // namespace

bool ModelAliases::holds(ModelVersion version) const {
  return production == version || previous == version || (canary && canary->version == version);
}

Status validate(const ModelAliases& aliases) {
  const ModelVersion none(0);
  const bool names_none = aliases.production == none || aliases.previous == none ||
                          (aliases.canary && aliases.canary->version == none) ||
                          (aliases.rejected && aliases.rejected->version == none);
  if (names_none) return invalid_argument("version", "must be 1 or more");
  if (aliases.previous && aliases.previous == aliases.production) {
    return invalid_argument("previous", "must not be the version in production");
  }
  if (aliases.canary) MAGPIE_RETURN_IF_ERROR(validate(*aliases.canary, aliases));
  if (aliases.rejected) MAGPIE_RETURN_IF_ERROR(validate(*aliases.rejected));
  return ok_status();
}

ModelAliases promoted(ModelAliases aliases, ModelVersion version) {
  aliases.canary.reset();
  if (aliases.production == version) return aliases;
  if (aliases.rejected && aliases.rejected->version == version) aliases.rejected.reset();
  aliases.previous = aliases.production;
  aliases.production = version;
  return aliases;
}

Result<ModelAliases> rolled_back(const ModelAliases& aliases) {
  if (!aliases.previous) return failed_precondition("there is no previous model version to roll back to");
  return promoted(aliases, *aliases.previous);
}

Result<ModelAliases> with_canary(ModelAliases aliases, ModelVersion version, double share, Timestamp now) {
  if (!aliases.production) {
    return failed_precondition("no model is in production: there is nothing to compare a canary with");
  }
  if (aliases.rejected && aliases.rejected->version == version) aliases.rejected.reset();
  if (!aliases.canary || aliases.canary->version != version) {
    aliases.canary = Canary{version, share, now, now};
  } else if (aliases.canary->share != share) {
    aliases.canary->share = share;
    aliases.canary->share_since = std::max(now, aliases.canary->started_at);  // A clock may be set back.
  }
  MAGPIE_RETURN_IF_ERROR(validate(aliases));
  return aliases;
}

ModelAliases without_canary(ModelAliases aliases, std::string reason, Timestamp now) {
  if (!aliases.canary) return aliases;
  if (!reason.empty()) aliases.rejected = RejectedCanary{aliases.canary->version, now, bounded(std::move(reason))};
  aliases.canary.reset();
  return aliases;
}

}  // namespace magpie

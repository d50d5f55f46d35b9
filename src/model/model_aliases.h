// ModelAliases: which model versions have a role. One value, replaced as a whole, so that no reader ever sees half of a
// promotion.
//
// The functions are the only moves there are; each gives the aliases after it and leaves the decision about storing
// them to ports/model_store.h. Thread-safety: plain values.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "model/ids.h"

namespace magpie {

// A version that serves a share of the users, to be compared with the one in production.
struct Canary {
  ModelVersion version;
  double share = 0;  // Of the users, in (0, 1].
  Timestamp started_at;  // When the version became the canary.
  Timestamp share_since;  // When it got this share.
  friend bool operator==(const Canary&, const Canary&) = default;
};

struct RejectedCanary {
  ModelVersion version;
  Timestamp at;
  std::string reason;  // For a person; at most kMaxReasonLength bytes.
  friend bool operator==(const RejectedCanary&, const RejectedCanary&) = default;
};
inline constexpr std::size_t kMaxReasonLength = 1024;

struct ModelAliases {
  std::optional<ModelVersion> production;  // Serves everybody whom the canary does not.
  std::optional<ModelVersion> previous;  // What was in production before it; where a rollback goes.
  std::optional<Canary> canary;
  std::optional<RejectedCanary> rejected;  // The last canary that was withdrawn, and why.

  // Whether a version has a role, so that it must be kept. A rejected one has none.
  [[nodiscard]] bool holds(ModelVersion version) const;
  friend bool operator==(const ModelAliases&, const ModelAliases&) = default;
};

// kInvalidArgument where they contradict themselves: a version 0, a canary that is in production, a share out of
// bounds, a previous version that is the one in production.
[[nodiscard]] Status validate(const ModelAliases& aliases);

// To production; what was there becomes the previous one. A canary ends: what it was compared with is gone, or it is in
// production itself. Promoting what is in production changes nothing else.
[[nodiscard]] ModelAliases promoted(ModelAliases aliases, ModelVersion version);
// The previous version to production, what was there becomes the previous one. kFailedPrecondition where there is none.
[[nodiscard]] Result<ModelAliases> rolled_back(const ModelAliases& aliases);
// As the canary with this share, in place of another one. The share of the same canary changes; how long it has been
// one does not. kFailedPrecondition where nothing is in production to compare with; kInvalidArgument as validate().
[[nodiscard]] Result<ModelAliases> with_canary(ModelAliases aliases, ModelVersion version, double share, Timestamp now);
// Without a canary. One with a reason is remembered as rejected.
[[nodiscard]] ModelAliases without_canary(ModelAliases aliases, std::string reason, Timestamp now);

}  // namespace magpie

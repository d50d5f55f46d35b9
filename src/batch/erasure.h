// Erasure: forgets a user everywhere, durably: catalogue, features, log, history. Models hold nothing of single users.
#pragma once

#include "base/status.h"
#include "ports/catalogue_store.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"
#include "ports/history_store.h"

namespace magpie::batch {

// Idempotent: a failure half-way is mended by calling again.
[[nodiscard]] Status erase_user(const UserId& user, CatalogueStore& catalogue, EventLog& log, FeatureStore& features,
                                HistoryStore& history);

}  // namespace magpie::batch

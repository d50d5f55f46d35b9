#include "batch/erasure.h"

namespace magpie::batch {

Status erase_user(const UserId& user, CatalogueStore& catalogue, EventLog& log, FeatureStore& features,
                  HistoryStore& history) {
  MAGPIE_RETURN_IF_ERROR(catalogue.erase_user(user));
  // Before what is derived from it, so that no consumer can bring the user back.
  MAGPIE_RETURN_IF_ERROR(log.erase(user));
  MAGPIE_RETURN_IF_ERROR(history.erase(user));
  return features.erase(user);
}

}  // namespace magpie::batch

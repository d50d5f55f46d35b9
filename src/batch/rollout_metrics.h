// Engagement with the recommendations of two model versions, as the events say.
//
// An impression names the version that chose it. A click or a purchase belongs to it when it carries the same request
// and item; the first one counts. Both are counted by user, because users were assigned to the versions and impressions
// were not (kernels/rate_comparison.h).
#pragma once

#include "base/status.h"
#include "kernels/rate_comparison.h"
#include "ports/history_store.h"

namespace magpie::batch {

struct Engagement {
  RatioMoments clicks;  // By impressions.
  RatioMoments purchases;  // By impressions: what a version sells, whether or not by way of a click.
};

struct EngagementPair {
  Engagement control;
  Engagement canary;
};

// Of the impressions in the window and what came of them within it. Holds some 64 bytes for each impression of these
// versions. Errors: those of the store.
[[nodiscard]] Result<EngagementPair> read_engagement(HistoryStore& history, TimeWindow window, ModelVersion control,
                                                     ModelVersion canary);

}  // namespace magpie::batch

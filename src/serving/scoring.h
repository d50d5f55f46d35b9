// Scoring: all candidates of a request in one batch by the model's ranker, through the same functions that fitted it
// (kernels/candidate_features.h, kernels/ranker.h). Pure.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "serving/merge.h"
#include "serving/request_context.h"

namespace magpie::serving {

// Sets the scores and sorts: best first, ties by ascending item. Candidates that no model knows (no model yet, or an
// item younger than the last join) come last, by the score of their source.
void score_and_sort(const RequestContext& context, std::vector<MergedCandidate>& candidates);

// The part of each feature in an item's score; all 0 where no model knows it.
[[nodiscard]] std::array<float, kRankerFeatures> contributions(const RequestContext& context, ItemIndex item);

}  // namespace magpie::serving

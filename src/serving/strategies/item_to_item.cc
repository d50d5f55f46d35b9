#include "serving/strategies/item_to_item.h"

#include "kernels/candidate_features.h"

namespace magpie::serving {

Result<std::vector<Candidate>> item_to_item_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr) return candidates;
  candidates.reserve(quota);
  for (const ScoredRow& hit : item_to_item_order(context.signals, context.overfetch(quota))) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(hit.row);
    if (item && context.eligibility.admits(*item)) candidates.push_back({*item, hit.score});
  }
  return candidates;
}

}  // namespace magpie::serving

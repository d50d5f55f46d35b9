#include "serving/strategies/item_to_item.h"

#include <algorithm>

#include "kernels/topk.h"

namespace magpie::serving {

Result<std::vector<Candidate>> item_to_item_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr) return candidates;
  const auto& sums = context.signals.item_to_item;
  std::vector<ScoredRow> order;
  order.reserve(sums.entries().size());
  for (const auto& entry : sums.entries()) order.push_back({entry.row, entry.value.candidate});
  keep_top(order, context.overfetch(quota));
  candidates.reserve(quota);
  for (const ScoredRow& hit : order) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(hit.row);
    if (!item || !context.eligibility.admits(*item)) continue;
    candidates.push_back({*item, hit.score, context.model->item_of(sums.find(hit.row)->because_of)});
  }
  return candidates;
}

}  // namespace magpie::serving

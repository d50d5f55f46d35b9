#include "serving/strategies/item_to_item.h"

#include <optional>

#include "kernels/candidate_features.h"

namespace magpie::serving {
namespace {

// The user's item that says most for the row: by the order of the user's items, else by the item graph.
std::optional<ItemIndex> because_of(const RequestContext& context, std::uint32_t row) {
  const ItemToItemScore* by_order = context.signals.item_to_item.find(row);
  const auto strongest = by_order != nullptr && by_order->strongest > 0
                             ? std::optional(by_order->because_of)
                             : strongest_by_item_graph(context.model->model(), context.profile, row);
  return strongest ? context.model->item_of(*strongest) : std::nullopt;
}

}  // namespace

Result<std::vector<Candidate>> item_to_item_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr) return candidates;
  candidates.reserve(quota);
  for (const ScoredRow& hit : item_to_item_order(context.signals, context.overfetch(quota))) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(hit.row);
    if (item && context.eligibility.admits(*item)) candidates.push_back({*item, hit.score, because_of(context, hit.row)});
  }
  return candidates;
}

}  // namespace magpie::serving

#include "serving/strategies/collaborative.h"

namespace magpie::serving {

Result<std::vector<Candidate>> collaborative_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr || context.profile.embedding.empty()) return candidates;
  MAGPIE_ASSIGN_OR_RETURN(const auto nearest,
                          context.model->index().search(context.profile.embedding, context.overfetch(quota)));
  candidates.reserve(quota);
  for (const Neighbour& neighbour : nearest) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(neighbour.row);
    if (item && context.eligibility.admits(*item)) candidates.push_back({*item, neighbour.similarity, std::nullopt});
  }
  return candidates;
}

}  // namespace magpie::serving

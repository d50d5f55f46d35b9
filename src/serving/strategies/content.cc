#include "serving/strategies/content.h"

#include <algorithm>

namespace magpie::serving {
namespace {

// Hits looked at for one candidate. Unlike factors, descriptions do not draw what the user has seen to the top, and
// each hit is scored exactly, which costs.
constexpr std::size_t kMostHitsACandidate = 5;

}  // namespace

Result<std::vector<Candidate>> content_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr || context.signals.content.entries().empty()) return candidates;
  const std::size_t hits = std::min(context.overfetch(quota), kMostHitsACandidate * quota);
  const auto nearest = context.model->content_index().search(context.model->content(), context.signals.content, hits);
  candidates.reserve(quota);
  for (const ScoredRow& hit : nearest) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(hit.row);
    if (item && context.eligibility.admits(*item)) candidates.push_back({*item, hit.score});
  }
  return candidates;
}

}  // namespace magpie::serving

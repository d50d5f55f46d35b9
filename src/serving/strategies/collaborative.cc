#include "serving/strategies/collaborative.h"

#include "kernels/interleave.h"

namespace magpie::serving {
namespace {

Result<std::vector<ScoredRow>> nearest(const VectorIndex& index, std::span<const float> vector, std::size_t count) {
  std::vector<ScoredRow> rows;
  if (vector.empty()) return rows;
  MAGPIE_ASSIGN_OR_RETURN(const auto neighbours, index.search(vector, count));
  rows.reserve(neighbours.size());
  for (const Neighbour& neighbour : neighbours) rows.push_back({neighbour.row, neighbour.similarity});
  return rows;
}

Result<std::vector<ScoredRow>> nearest_to_user(const RequestContext& context, std::size_t count) {
  MAGPIE_ASSIGN_OR_RETURN(auto by_factors, nearest(context.model->index(), context.profile.embedding, count));
  const IndexedTwoTower* network = context.model->two_tower();
  if (network == nullptr) return by_factors;
  MAGPIE_ASSIGN_OR_RETURN(const auto by_towers, nearest(*network->index, context.signals.user_vector, count));
  return interleave(by_towers, by_factors);
}

}  // namespace

Result<std::vector<Candidate>> collaborative_candidates(const RequestContext& context, std::size_t quota) {
  std::vector<Candidate> candidates;
  if (context.model == nullptr) return candidates;
  MAGPIE_ASSIGN_OR_RETURN(const auto rows, nearest_to_user(context, context.overfetch(quota)));
  candidates.reserve(quota);
  for (const ScoredRow& row : rows) {
    if (candidates.size() == quota) break;
    const auto item = context.model->item_of(row.row);
    if (item && context.eligibility.admits(*item)) candidates.push_back({*item, row.score});
  }
  return candidates;
}

}  // namespace magpie::serving

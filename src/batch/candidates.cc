#include "batch/candidates.h"

#include <algorithm>
#include <span>

#include "kernels/interleave.h"

namespace magpie::batch {
namespace {

using Seen = std::function<bool(std::uint32_t)>;

// The first `quota` unseen rows of a list that has the best first.
void take(std::span<const ScoredRow> best_first, std::size_t quota, const Seen& seen,
          std::vector<std::uint32_t>& rows) {
  for (const ScoredRow& candidate : best_first) {
    if (quota == 0) return;
    if (seen(candidate.row)) continue;
    rows.push_back(candidate.row);
    --quota;
  }
}

std::vector<ScoredRow> ranked(std::span<const float> scores) {
  std::vector<ScoredRow> rows;
  rows.reserve(scores.size());
  for (std::size_t row = 0; row < scores.size(); ++row) rows.push_back({static_cast<std::uint32_t>(row), scores[row]});
  keep_top(rows, rows.size());
  return rows;
}

Result<std::vector<ScoredRow>> nearest(const VectorIndex* index, std::span<const float> vector, std::size_t depth) {
  std::vector<ScoredRow> scored;
  if (index == nullptr || vector.empty()) return scored;
  MAGPIE_ASSIGN_OR_RETURN(const auto neighbours, index->search(vector, depth));
  for (const Neighbour& neighbour : neighbours) scored.push_back({neighbour.row, neighbour.similarity});
  return scored;
}

}  // namespace

CandidateFinder::CandidateFinder(const ItemTable& table, const VectorIndex& index, const VectorIndex* two_tower_index,
                                 const CandidateQuotas& quotas)
    : table_(table),
      index_(index),
      two_tower_index_(two_tower_index),
      quotas_(quotas),
      content_(table.content),
      trending_(ranked(table.model.recent_popularity)) {}

Result<std::vector<ScoredRow>> CandidateFinder::collaborative(const TasteProfile& profile,
                                                              const ProfileSignals& signals, std::size_t depth) const {
  MAGPIE_ASSIGN_OR_RETURN(const auto by_factors, nearest(&index_, profile.embedding, depth));
  MAGPIE_ASSIGN_OR_RETURN(const auto by_towers, nearest(two_tower_index_, signals.user_vector, depth));
  return interleave(by_towers, by_factors);
}

Result<std::vector<std::uint32_t>> CandidateFinder::find(const TasteProfile& profile, const ProfileSignals& signals,
                                                         const Seen& seen, std::size_t seen_count) const {
  std::vector<std::uint32_t> rows;
  MAGPIE_ASSIGN_OR_RETURN(const auto like_minded, collaborative(profile, signals, quotas_.collaborative + seen_count));
  take(like_minded, quotas_.collaborative, seen, rows);
  take(content_.search(table_.content, signals.content, quotas_.content + seen_count), quotas_.content, seen, rows);
  take(item_to_item_order(signals, quotas_.item_to_item + seen_count), quotas_.item_to_item, seen, rows);
  take(trending_, quotas_.trending, seen, rows);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace magpie::batch

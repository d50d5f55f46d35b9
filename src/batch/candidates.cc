#include "batch/candidates.h"

#include <algorithm>
#include <span>

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

std::vector<ScoredRow> unseen_neighbours(const ProfileSignals& signals, const Seen& seen, std::size_t quota) {
  std::vector<ScoredRow> rows;
  for (const auto& [row, score] : signals.item_to_item.entries()) {
    if (score.candidate > 0 && !seen(row)) rows.push_back({row, score.candidate});
  }
  keep_top(rows, quota);
  return rows;
}

}  // namespace

CandidateFinder::CandidateFinder(const ItemTable& table, const VectorIndex& index, const CandidateQuotas& quotas)
    : table_(table),
      index_(index),
      quotas_(quotas),
      content_(table.content),
      trending_(ranked(table.model.recent_popularity)) {}

Result<std::vector<std::uint32_t>> CandidateFinder::find(const TasteProfile& profile, const ProfileSignals& signals,
                                                         const Seen& seen, std::size_t seen_count) const {
  std::vector<std::uint32_t> rows;
  if (!profile.embedding.empty()) {
    MAGPIE_ASSIGN_OR_RETURN(const auto nearest, index_.search(profile.embedding, quotas_.collaborative + seen_count));
    std::vector<ScoredRow> scored;
    for (const Neighbour& neighbour : nearest) scored.push_back({neighbour.row, neighbour.similarity});
    take(scored, quotas_.collaborative, seen, rows);
  }
  take(content_.search(table_.content, signals.content, quotas_.content + seen_count), quotas_.content, seen, rows);
  take(unseen_neighbours(signals, seen, quotas_.item_to_item), quotas_.item_to_item, seen, rows);
  take(trending_, quotas_.trending, seen, rows);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace magpie::batch

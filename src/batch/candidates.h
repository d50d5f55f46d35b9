// Candidates for training the ranker: the same four kinds, in the same numbers, as serving would produce.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/status.h"
#include "batch/train_settings.h"
#include "kernels/candidate_features.h"
#include "kernels/tfidf.h"
#include "kernels/topk.h"
#include "ports/vector_index.h"

namespace magpie::batch {

// A view: table and indexes must outlive it. Thread-safe.
class CandidateFinder {
 public:
  // `two_tower_index`: of the vectors of table.two_tower; null where there is none.
  CandidateFinder(const ItemTable& table, const VectorIndex& index, const VectorIndex* two_tower_index,
                  const CandidateQuotas& quotas);

  // Distinct rows, ascending, none of them `seen`. Precondition: seen is true for `seen_count` rows.
  [[nodiscard]] Result<std::vector<std::uint32_t>> find(const TasteProfile& profile, const ProfileSignals& signals,
                                                        const std::function<bool(std::uint32_t)>& seen,
                                                        std::size_t seen_count) const;

 private:
  [[nodiscard]] Result<std::vector<ScoredRow>> collaborative(const TasteProfile& profile, const ProfileSignals& signals,
                                                             std::size_t depth) const;

  ItemTable table_;
  const VectorIndex& index_;
  const VectorIndex* two_tower_index_;
  CandidateQuotas quotas_;
  ContentIndex content_;
  std::vector<ScoredRow> trending_;  // All rows.
};

}  // namespace magpie::batch

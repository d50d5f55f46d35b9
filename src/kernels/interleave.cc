#include "kernels/interleave.h"

#include <algorithm>

#include "kernels/sparse_scores.h"

namespace magpie {

std::vector<ScoredRow> interleave(std::span<const ScoredRow> first, std::span<const ScoredRow> second) {
  std::vector<ScoredRow> merged;
  merged.reserve(first.size() + second.size());
  SparseScores<char> taken(first.size() + second.size());
  const auto take = [&](const ScoredRow& row) {
    if (taken.find(row.row) != nullptr) return false;
    taken[row.row] = 1;
    merged.push_back(row);
    return true;
  };
  const auto take_next = [&](std::span<const ScoredRow>& list) {
    while (!list.empty()) {
      const bool took = take(list.front());
      list = list.subspan(1);
      if (took) return;
    }
  };
  while (!first.empty() || !second.empty()) {
    take_next(first);
    take_next(second);
  }
  return merged;
}

}  // namespace magpie

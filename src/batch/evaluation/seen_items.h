// SeenItems: what one user has, which nobody recommends to them again. Pure; thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "batch/interactions.h"
#include "kernels/topk.h"

namespace magpie::batch {

class SeenItems {
 public:
  explicit SeenItems(std::span<const NetPreference> preferences) {
    rows_.reserve(preferences.size());
    for (const NetPreference& preference : preferences) rows_.push_back(preference.row);
    std::sort(rows_.begin(), rows_.end());
  }
  [[nodiscard]] bool contains(std::uint32_t row) const { return std::binary_search(rows_.begin(), rows_.end(), row); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // The first `depth` rows of a list that has the best first.
  [[nodiscard]] std::vector<std::uint32_t> first_unseen(std::span<const ScoredRow> ordered, std::size_t depth) const {
    std::vector<std::uint32_t> rows;
    for (const ScoredRow& candidate : ordered) {
      if (rows.size() == depth) break;
      if (!contains(candidate.row)) rows.push_back(candidate.row);
    }
    return rows;
  }

  // The best `depth` of rows in any order.
  [[nodiscard]] std::vector<std::uint32_t> best_unseen(std::vector<ScoredRow> scored, std::size_t depth) const {
    std::erase_if(scored, [this](const ScoredRow& row) { return row.score <= 0 || contains(row.row); });
    keep_top(scored, depth);
    return first_unseen(scored, depth);
  }

 private:
  std::vector<std::uint32_t> rows_;  // Ascending.
};

}  // namespace magpie::batch

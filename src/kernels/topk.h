// Top-k selection with one order everywhere: higher score first, then the lower row. Pure and thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace magpie {

struct ScoredRow {
  std::uint32_t row = 0;
  float score = 0;
  friend bool operator==(const ScoredRow&, const ScoredRow&) = default;
};

// Precondition: scores are not NaN.
[[nodiscard]] inline bool ranks_before(const ScoredRow& a, const ScoredRow& b) {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

// Keeps the k best of `rows`, best first. O(n + k log k).
inline void keep_top(std::vector<ScoredRow>& rows, std::size_t k) {
  // A closure, not a pointer to function: the comparison is inlined.
  const auto before = [](const ScoredRow& a, const ScoredRow& b) { return ranks_before(a, b); };
  if (rows.size() > k) {
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(k), rows.end(), before);
    rows.resize(k);
  }
  std::sort(rows.begin(), rows.end(), before);
}

}  // namespace magpie

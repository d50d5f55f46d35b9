#include "kernels/beyond_accuracy.h"

#include <algorithm>
#include <cmath>

#include "kernels/sparse_scores.h"

namespace magpie {

void Exposure::add(std::span<const std::uint32_t> shown) {
  for (const std::uint32_t row : shown) ++counts_[row];
}

double Exposure::coverage() const {
  if (counts_.empty()) return 0;
  const auto shown = std::count_if(counts_.begin(), counts_.end(), [](std::uint64_t count) { return count > 0; });
  return static_cast<double>(shown) / static_cast<double>(counts_.size());
}

double Exposure::gini() const {
  std::vector<std::uint64_t> ascending = counts_;
  std::sort(ascending.begin(), ascending.end());
  double sum = 0;
  double ranked = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    sum += static_cast<double>(ascending[i]);
    ranked += static_cast<double>(i + 1) * static_cast<double>(ascending[i]);
  }
  if (sum == 0) return 0;
  const auto n = static_cast<double>(ascending.size());
  return 2 * ranked / (n * sum) - (n + 1) / n;
}

double mean_self_information(std::span<const std::uint32_t> shown, std::span<const std::uint32_t> users_of,
                             std::size_t users) {
  if (shown.empty()) return 0;
  double bits = 0;
  for (const std::uint32_t row : shown) {
    bits -= std::log2((static_cast<double>(users_of[row]) + 1) / (static_cast<double>(users) + 1));
  }
  return bits / static_cast<double>(shown.size());
}

// The cosines of all pairs sum to (|sum of vectors|^2 - number of vectors) / 2: one pass in place of every pair.
std::optional<double> intra_list_diversity(std::span<const std::uint32_t> shown, const SparseMatrix& vectors) {
  SparseScores<double> sum;
  double described = 0;
  for (const std::uint32_t row : shown) {
    const std::span<const std::uint32_t> columns = vectors.row_indices(row);
    const std::span<const float> values = vectors.row_values(row);
    if (!columns.empty()) ++described;
    for (std::size_t i = 0; i < columns.size(); ++i) sum[columns[i]] += static_cast<double>(values[i]);
  }
  if (described < 2) return std::nullopt;
  double squares = 0;
  for (const auto& entry : sum.entries()) squares += entry.value * entry.value;
  return 1 - (squares - described) / (described * (described - 1));
}

}  // namespace magpie

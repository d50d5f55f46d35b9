#include "kernels/item_knn.h"

#include <cmath>
#include <vector>

#include "kernels/neighbour_lists.h"
#include "kernels/parallel_for.h"
#include "kernels/sparse_transpose.h"
#include "kernels/topk.h"

namespace magpie {
namespace {

constexpr std::size_t kRun = 16;  // Items that a thread takes at once.

float norm(std::span<const float> values) {
  float squares = 0;
  for (const float value : values) squares += value * value;
  return std::sqrt(squares);
}

std::vector<float> row_norms(const SparseMatrix& matrix) {
  std::vector<float> norms(matrix.rows());
  for (std::size_t row = 0; row < norms.size(); ++row) norms[row] = norm(matrix.row_values(row));
  return norms;
}

// Finds the neighbours of one item at a time; one for each thread, since it owns the scratch memory.
class NeighbourFinder {
 public:
  NeighbourFinder(const SparseMatrix& by_user, const SparseMatrix& by_item, std::span<const float> norms,
                  const ItemKnnParameters& parameters)
      : by_user_(by_user), by_item_(by_item), norms_(norms), parameters_(parameters), sums_(by_item.rows()) {}

  [[nodiscard]] std::vector<ScoredRow> neighbours_of(std::uint32_t item) {
    const std::span<const std::uint32_t> users = by_item_.row_indices(item);
    for (std::size_t i = 0; i < users.size(); ++i) add_user(users[i], by_item_.row_values(item)[i]);
    sums_[item] = 0;
    return take_neighbours(item);
  }

 private:
  void add_user(std::uint32_t user, float weight) {
    const std::span<const std::uint32_t> items = by_user_.row_indices(user);
    const std::span<const float> values = by_user_.row_values(user);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (sums_[items[i]] == 0) touched_.push_back(items[i]);
      sums_[items[i]] += weight * values[i];
    }
  }

  // Keeps the nearest, and clears the scratch. The item itself has the sum 0.
  [[nodiscard]] std::vector<ScoredRow> take_neighbours(std::uint32_t item) {
    std::vector<ScoredRow> found;
    found.reserve(touched_.size());
    for (const std::uint32_t other : touched_) {
      const float similarity = sums_[other] / (norms_[item] * norms_[other] + parameters_.shrinkage);
      if (similarity > 0) found.push_back({other, similarity});
      sums_[other] = 0;
    }
    touched_.clear();
    keep_top(found, parameters_.neighbours);
    return found;
  }

  const SparseMatrix& by_user_;
  const SparseMatrix& by_item_;
  std::span<const float> norms_;
  const ItemKnnParameters& parameters_;
  std::vector<float> sums_;  // Per item; all 0 between two items.
  std::vector<std::uint32_t> touched_;
};

}  // namespace

SparseMatrix item_knn(const SparseMatrix& interactions, const ItemKnnParameters& parameters) {
  const SparseMatrix by_item = transpose(interactions);
  const std::vector<float> norms = row_norms(by_item);
  std::vector<std::vector<ScoredRow>> rows(by_item.rows());
  parallel_for_with(rows.size(), kRun, parameters.threads, [&] {
    return [&, finder = NeighbourFinder(interactions, by_item, norms, parameters)](std::size_t item) mutable {
      rows[item] = finder.neighbours_of(static_cast<std::uint32_t>(item));
    };
  });
  return neighbour_matrix(rows);
}

SparseScores<float> item_knn_scores(const SparseMatrix& neighbours, std::span<const std::uint32_t> items,
                                    std::span<const float> weights) {
  SparseScores<float> scores;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::span<const std::uint32_t> near = neighbours.row_indices(items[i]);
    const std::span<const float> similarities = neighbours.row_values(items[i]);
    for (std::size_t n = 0; n < near.size(); ++n) scores[near[n]] += weights[i] * similarities[n];
  }
  return scores;
}

}  // namespace magpie

#include "kernels/neighbour_lists.h"

namespace magpie {

SparseMatrix neighbour_matrix(std::span<const std::vector<ScoredRow>> lists) {
  SparseMatrix matrix;
  matrix.columns = lists.size();
  for (const std::vector<ScoredRow>& list : lists) {
    for (const ScoredRow& neighbour : list) {
      matrix.indices.push_back(neighbour.row);
      matrix.values.push_back(neighbour.score);
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

}  // namespace magpie

// Lists of neighbours as a sparse matrix. Pure and thread-safe.
#pragma once

#include <span>
#include <vector>

#include "kernels/topk.h"
#include "model/matrix.h"

namespace magpie {

// A row per list, in its order; as many columns as rows. Precondition: every neighbour is below lists.size().
[[nodiscard]] SparseMatrix neighbour_matrix(std::span<const std::vector<ScoredRow>> lists);

}  // namespace magpie

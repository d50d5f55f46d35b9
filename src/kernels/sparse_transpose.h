// Transposition of sparse matrices. Pure and thread-safe.
#pragma once

#include "model/matrix.h"

namespace magpie {

// Rows of the result are in ascending order of the source's rows.
[[nodiscard]] SparseMatrix transpose(const SparseMatrix& matrix);

}  // namespace magpie

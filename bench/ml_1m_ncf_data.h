// MovieLens-1M under the leave-one-out protocol of X. He et al.: Neural Collaborative Filtering, WWW 2017: a user's
// last item is ranked among 99 items that they have not rated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/status.h"
#include "model/matrix.h"

namespace magpie::bench {

// The item that a user turned to, and those that they did not.
struct LeaveOneOutCase {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::vector<std::uint32_t> negatives;
  double weight = 1;  // In means over cases.
};

struct LeaveOneOutData {
  SparseMatrix train;  // users x items, values 1, items ascending.
  std::vector<LeaveOneOutCase> cases;
};

// `folder`: train.tsv.xz, test.rating.xz, test.negative.xz. Negatives that are the test item itself (156) are dropped,
// as the folder's README.md has it.
[[nodiscard]] Result<LeaveOneOutData> read_ml_1m_ncf(const std::filesystem::path& folder);

// Validation: of each user's train items a twentieth, at least one, becomes cases with 99 negatives of their own, drawn
// from what is neither trained on nor held out (never the test's: it is not known here). A user's cases weigh 1 in sum.
[[nodiscard]] LeaveOneOutData hold_out(const SparseMatrix& train, std::uint64_t seed);

}  // namespace magpie::bench

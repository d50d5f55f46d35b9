// Interaction data sets without times, and full ranking: of everything that a user does not know from training, the
// best k.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/ranking_metrics.h"
#include "model/matrix.h"

namespace magpie::bench {

// Both users x items, of weight 1, ascending in a row.
struct InteractionSplit {
  SparseMatrix train;
  SparseMatrix held_out;
};

// Values 1; rows beyond the last of `rows` are empty.
[[nodiscard]] SparseMatrix matrix_of(std::vector<std::vector<std::uint32_t>> rows, std::size_t users,
                                     std::size_t items);

[[nodiscard]] SparseMatrix select_rows(const SparseMatrix& matrix, std::span<const std::uint32_t> rows);

// train.txt.xz and test.txt.xz of `folder`, a line being `user item item ...`. kNotFound: there are no such files.
[[nodiscard]] Result<InteractionSplit> read_interaction_split(const std::filesystem::path& folder);

// Holds `share` of each user's interactions out, rounded, chosen at random.
[[nodiscard]] InteractionSplit split_at_random(const SparseMatrix& interactions, double share, std::uint64_t seed);

// The users that have something held out, ascending.
[[nodiscard]] std::vector<std::uint32_t> users_held_out(const InteractionSplit& split);

// Adds the metrics at k of each of `users`. `scores`: a row for each, a column per item, none NaN.
void add_full_ranking(const InteractionSplit& split, std::span<const std::uint32_t> users, const Matrix& scores,
                      std::size_t k, unsigned threads, MeanRankingMetrics& metrics);

}  // namespace magpie::bench

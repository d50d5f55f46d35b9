// Models that score all items for some users, as the benchmarks of published data sets train and blend them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "als_parameters.h"
#include "base/status.h"
#include "kernels/als.h"
#include "kernels/denoising_autoencoder.h"
#include "kernels/graph_filter.h"
#include "kernels/linear_autoencoder.h"
#include "model/matrix.h"

namespace magpie::bench {

struct ScoringModel {
  std::string name;
  double train_seconds = 0;
  // A row for each of the users, a column per item.
  std::function<Matrix(std::span<const std::uint32_t> users)> scores;
};

[[nodiscard]] Result<ScoringModel> train_autoencoder(const SparseMatrix& train,
                                                     const LinearAutoencoderParameters& parameters);
[[nodiscard]] ScoringModel train_graph_filter(const SparseMatrix& train, const GraphFilterParameters& parameters);
[[nodiscard]] ScoringModel train_factors(const SparseMatrix& train, const WeightedAls& how);
[[nodiscard]] ScoringModel train_denoising(const SparseMatrix& train, const DenoisingAutoencoderParameters& parameters);

// The users' factors times item_factors^T.
[[nodiscard]] Matrix factor_scores(const AlsModel& model, std::span<const std::uint32_t> users, unsigned threads);

}  // namespace magpie::bench

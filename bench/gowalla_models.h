// The models of the gowalla benchmark: how each is trained, and a blend of their scores.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/graph_filter.h"
#include "kernels/linear_autoencoder.h"
#include "model/matrix.h"
#include "scoring_model.h"

namespace magpie::bench {

inline constexpr unsigned kGowallaThreads = 2;

// Chosen on validation (search_gowalla); those of ALS are in als_parameters.h.
[[nodiscard]] LinearAutoencoderParameters gowalla_autoencoder();
[[nodiscard]] GraphFilterParameters gowalla_graph_filter();

// In the order of the weights of a blend; the single ALS model is the last.
[[nodiscard]] Result<std::vector<ScoringModel>> train_gowalla_models(const SparseMatrix& train);

// One weight per model, for scores as the models give them.
using BlendWeights = std::vector<float>;
[[nodiscard]] BlendWeights gowalla_blend();

// sum of weight * scores; all of one shape.
[[nodiscard]] Matrix blend(std::span<const Matrix> scores, const BlendWeights& weights);

}  // namespace magpie::bench

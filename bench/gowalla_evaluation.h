// Full-ranking metrics at 20 of the gowalla benchmark's models and blends.
#pragma once

#include <span>
#include <vector>

#include "gowalla_models.h"
#include "interaction_data.h"

namespace magpie::bench {

// The metrics of several blends of the same models; each block of users is scored once.
[[nodiscard]] std::vector<RankingMetrics> evaluate_blends(std::span<const ScoringModel> models,
                                                          std::span<const BlendWeights> blends,
                                                          const InteractionSplit& split);

// Each model alone, in their order.
[[nodiscard]] std::vector<BlendWeights> single_models(std::size_t models);

}  // namespace magpie::bench

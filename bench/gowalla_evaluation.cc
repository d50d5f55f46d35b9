#include "gowalla_evaluation.h"

#include <algorithm>

namespace magpie::bench {
namespace {

constexpr std::size_t kTop = 20;
constexpr std::size_t kBlock = 256;  // Users scored at once: 42 MB a model.

}  // namespace

std::vector<RankingMetrics> evaluate_blends(std::span<const ScoringModel> models, std::span<const BlendWeights> blends,
                                            const InteractionSplit& split) {
  const std::vector<std::uint32_t> users = users_held_out(split);
  std::vector<MeanRankingMetrics> metrics(blends.size());
  for (std::size_t first = 0; first < users.size(); first += kBlock) {
    const auto block = std::span(users).subspan(first, std::min(kBlock, users.size() - first));
    std::vector<Matrix> scores;
    for (const ScoringModel& model : models) scores.push_back(model.scores(block));
    for (std::size_t b = 0; b < blends.size(); ++b) {
      add_full_ranking(split, block, blend(scores, blends[b]), kTop, kGowallaThreads, metrics[b]);
    }
  }
  std::vector<RankingMetrics> means;
  for (const MeanRankingMetrics& of_blend : metrics) means.push_back(of_blend.mean());
  return means;
}

std::vector<BlendWeights> single_models(std::size_t models) {
  std::vector<BlendWeights> blends(models, BlendWeights(models));
  for (std::size_t model = 0; model < models; ++model) blends[model][model] = 1;
  return blends;
}

}  // namespace magpie::bench

// Gowalla check-ins, the official split of LightGCN: full ranking of 40,981 items for 29,858 users, items known from
// training left out. Hyperparameters come from a tenth of each user's train items; the test split decides nothing.

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "gowalla_evaluation.h"
#include "gowalla_models.h"
#include "gowalla_search.h"
#include "interaction_data.h"
#include "model_bench.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr double kValidationShare = 0.1;
constexpr std::uint64_t kValidationSeed = 7;
constexpr auto kPeer = "BSPM (published)";
constexpr double kPeerRecall = 0.1920;
constexpr double kPeerNdcg = 0.1597;
constexpr auto kCommand = "./bench.sh gowalla";

void print_metrics(const std::string& model, const RankingMetrics& metrics, std::optional<double> recall_bar = {},
                   std::optional<double> ndcg_bar = {}) {
  Figure figure{.name = "recall@20, " + model,
                .value = metrics.recall,
                .unit = "",
                .bar = recall_bar,
                .peer = kPeer,
                .peer_value = kPeerRecall,
                .command = kCommand};
  print(figure);
  figure.name = "ndcg@20, " + model;
  figure.value = metrics.ndcg;
  figure.bar = ndcg_bar;
  figure.peer_value = kPeerNdcg;
  print(figure);
}

// Each model alone, then the blend.
Status measure(const InteractionSplit& split) {
  MAGPIE_ASSIGN_OR_RETURN(const auto models, train_gowalla_models(split.train));
  for (const ScoringModel& model : models) {
    print({.name = "training, " + model.name,
           .value = model.train_seconds,
           .unit = "s",
           .better = Better::kLower,
           .command = kCommand});
  }
  auto blends = single_models(models.size());
  blends.push_back(gowalla_blend());
  const auto metrics = evaluate_blends(models, blends, split);
  for (std::size_t model = 0; model < models.size(); ++model) {
    const bool single_als = model + 1 == models.size();
    print_metrics(models[model].name, metrics[model], single_als ? std::optional(0.180) : std::nullopt,
                  single_als ? std::optional(0.150) : std::nullopt);
  }
  print_metrics("blend", metrics.back(), 0.192, 0.160);
  return {};
}

}  // namespace

Status gowalla(const ModelBenchSetup& setup) {
  const auto folder = setup.data / "gowalla";
  if (!std::filesystem::exists(folder)) {
    std::fprintf(stderr, "gowalla: %s is absent: not measured\n", folder.c_str());
    return {};
  }
  MAGPIE_ASSIGN_OR_RETURN(const InteractionSplit split, read_interaction_split(folder));
  if (setup.search) return search_gowalla(split_at_random(split.train, kValidationShare, kValidationSeed));
  return measure(split);
}

}  // namespace magpie::bench

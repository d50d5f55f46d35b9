// MovieLens-1M, leave-one-out of NCF (ml_1m_ncf_data.h): hit rate and NDCG at 10 among 99 negatives. Hyperparameters
// and the weights of the blend come from items held out of train; the test decides nothing.

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "ml_1m_ncf_blend.h"
#include "ml_1m_ncf_data.h"
#include "ml_1m_ncf_models.h"
#include "model_bench.h"
#include "report.h"

namespace magpie::bench {
namespace {

constexpr std::uint64_t kValidationSeed = 1;
constexpr auto kPeer = "iALS (published)";
constexpr double kPeerHitRate = 0.7228;
constexpr double kPeerNdcg = 0.4442;
constexpr double kHitRateBar = 0.740;
constexpr double kNdcgBar = 0.460;
constexpr auto kCommand = "./bench.sh ml-1m-ncf";

void print_test(const std::string& model, const LeaveOneOutMetrics& metrics, std::optional<double> hit_rate_bar = {},
                std::optional<double> ndcg_bar = {}) {
  Figure figure{.name = "hr@10, " + model,
                .value = metrics.hit_rate,
                .unit = "",
                .bar = hit_rate_bar,
                .peer = kPeer,
                .peer_value = kPeerHitRate,
                .command = kCommand};
  print(figure);
  figure.name = "ndcg@10, " + model;
  figure.value = metrics.ndcg;
  figure.bar = ndcg_bar;
  figure.peer_value = kPeerNdcg;
  print(figure);
}

void print_validation(const std::string& model, const LeaveOneOutMetrics& metrics) {
  Figure figure{.name = "validation hr@10, " + model,
                .value = metrics.hit_rate,
                .unit = "",
                .command = "magpie_model_bench ml-1m-ncf --search"};
  print(figure);
  figure.name = "validation ndcg@10, " + model;
  figure.value = metrics.ndcg;
  print(figure);
}

Result<CaseScores> fit_and_score(const BlendedModel& model, const LeaveOneOutData& data) {
  MAGPIE_ASSIGN_OR_RETURN(const ScoringModel fitted, model.fit(data.train));
  std::fprintf(stderr, "%s: %.1f s\n", model.name.c_str(), fitted.train_seconds);
  std::vector<std::uint32_t> users(data.train.rows());
  std::iota(users.begin(), users.end(), 0U);
  return standardized(fitted.scores(users), data);
}

Result<std::vector<CaseScores>> fit_and_score(const std::vector<BlendedModel>& models, const LeaveOneOutData& data) {
  std::vector<CaseScores> scores;
  for (const BlendedModel& model : models) {
    MAGPIE_ASSIGN_OR_RETURN(auto of_model, fit_and_score(model, data));
    scores.push_back(std::move(of_model));
  }
  return scores;
}

std::vector<double> weights_of(const std::vector<BlendedModel>& models) {
  std::vector<double> weights;
  for (const BlendedModel& model : models) weights.push_back(model.weight);
  return weights;
}

Status measure(const LeaveOneOutData& data) {
  const auto models = ml_1m_ncf_blend();
  MAGPIE_ASSIGN_OR_RETURN(const auto scores, fit_and_score(models, data));
  for (std::size_t i = 0; i < models.size(); ++i) {
    print_test(models[i].name, leave_one_out_metrics(data.cases, scores[i]));
  }
  const CaseScores blended = blend(scores, weights_of(models));
  print_test("blend", leave_one_out_metrics(data.cases, blended), kHitRateBar, kNdcgBar);
  return {};
}

// The blend in use, one of equal weights and the best weights; then the grid.
Status search(const LeaveOneOutData& data) {
  const auto models = ml_1m_ncf_blend();
  MAGPIE_ASSIGN_OR_RETURN(const auto scores, fit_and_score(models, data));
  for (std::size_t i = 0; i < models.size(); ++i) {
    print_validation(models[i].name, leave_one_out_metrics(data.cases, scores[i]));
  }
  const auto print_blend = [&](const std::string& name, const std::vector<double>& weights) {
    print_validation(name, leave_one_out_metrics(data.cases, blend(scores, weights)));
  };
  print_blend("blend in use", weights_of(models));
  print_blend("blend, equal weights", std::vector<double>(models.size(), 1));
  const auto best = search_weights(data.cases, scores);
  print_blend("blend, weights searched", best);
  for (std::size_t i = 0; i < models.size(); ++i) {
    print({.name = "weight, " + models[i].name, .value = best[i], .unit = "", .command = kCommand});
  }
  for (const BlendedModel& model : ml_1m_ncf_grid()) {
    MAGPIE_ASSIGN_OR_RETURN(const auto of_model, fit_and_score(model, data));
    print_validation(model.name, leave_one_out_metrics(data.cases, of_model));
  }
  return {};
}

}  // namespace

Status ml_1m_ncf(const ModelBenchSetup& setup) {
  const auto folder = setup.data / "ml-1m-ncf";
  if (!std::filesystem::exists(folder)) {
    std::fprintf(stderr, "ml-1m-ncf: %s is absent: not measured\n", folder.c_str());
    return {};
  }
  MAGPIE_ASSIGN_OR_RETURN(const LeaveOneOutData data, read_ml_1m_ncf(folder));
  return setup.search ? search(hold_out(data.train, kValidationSeed)) : measure(data);
}

}  // namespace magpie::bench

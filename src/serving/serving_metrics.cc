#include "serving/serving_metrics.h"

#include <algorithm>
#include <string>

namespace magpie::serving {
namespace {

std::size_t surface_position(std::string_view surface) {
  if (surface.empty()) return 0;  // "default"
  const auto* const found = std::find(kSurfaceLabels.begin(), kSurfaceLabels.end(), surface);
  const auto position = static_cast<std::size_t>(found - kSurfaceLabels.begin());
  return std::min(position, kSurfaceLabels.size() - 1);
}

Counter strategy_counter(Metrics& metrics, Source source, StrategyOutcome outcome) {
  return metrics.counter("magpie_strategy_runs_total", "Runs of candidate strategies, by how they ended.",
                         {{"strategy", std::string(to_string(source))}, {"outcome", std::string(to_string(outcome))}});
}

}  // namespace

ServingMetrics::ServingMetrics(Metrics& metrics)
    : fallbacks_(metrics.counter("magpie_fallbacks_total", "Responses that popular items had to fill.")),
      refused_(metrics.counter("magpie_recommendations_refused_total", "Requests that were not valid.")) {
  for (const std::string_view surface : kSurfaceLabels) {
    latencies_.push_back(metrics.histogram("magpie_recommendation_seconds",
                                           "Time from a valid request to its response.", latency_bounds(),
                                           {{"surface", std::string(surface)}}));
  }
  for (const ModelRole role : {ModelRole::kProduction, ModelRole::kCanary}) {
    const Labels labels{{"role", std::string(to_string(role))}};
    roles_.push_back(
        {metrics.histogram("magpie_model_recommendation_seconds",
                           "Time from a valid request to its response, by the role of the model.", latency_bounds(),
                           labels),
         metrics.counter("magpie_degraded_total", "Responses made without the features or a strategy.", labels)});
  }
  for (std::size_t i = 0; i < kSources; ++i) {
    const auto source = static_cast<Source>(i);
    strategy_counters_.push_back({strategy_counter(metrics, source, StrategyOutcome::kOk),
                                  strategy_counter(metrics, source, StrategyOutcome::kLate),
                                  strategy_counter(metrics, source, StrategyOutcome::kFailed),
                                  strategy_counter(metrics, source, StrategyOutcome::kShed)});
  }
}

void ServingMetrics::observe_latency(std::string_view surface, std::chrono::nanoseconds elapsed) {
  latencies_[surface_position(surface)].observe(std::chrono::duration<double>(elapsed).count());
}

void ServingMetrics::observe_answer(ModelRole role, std::chrono::nanoseconds elapsed, bool degraded) {
  RoleInstruments& instruments = roles_[static_cast<std::size_t>(role)];
  instruments.latency.observe(std::chrono::duration<double>(elapsed).count());
  if (degraded) instruments.degraded.add();
}

void ServingMetrics::count(const StrategyReport& report) {
  strategy_counters_[static_cast<std::size_t>(report.source)][static_cast<std::size_t>(report.outcome)].add();
}

}  // namespace magpie::serving

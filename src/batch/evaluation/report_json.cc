#include "batch/evaluation/report_json.h"

#include <nlohmann/json.hpp>

namespace magpie::batch {
namespace {

using nlohmann::ordered_json;

constexpr int kFormat = 1;

ordered_json to_json(const Interval& interval) { return ordered_json::array({interval.low, interval.high}); }

ordered_json to_json(const Estimate& estimate) {
  return {{"value", estimate.value}, {"interval", to_json(estimate.interval)}};
}

ordered_json to_json(const MeasureResult& measure) {
  ordered_json value = to_json(measure.estimate);
  if (measure.to_baseline) {
    value["to_baseline"] = {{"value", measure.to_baseline->value},
                            {"interval", to_json(measure.to_baseline->interval)},
                            {"p_value", measure.to_baseline->p_value}};
  }
  return value;
}

ordered_json to_json(const ContenderResult& contender) {
  ordered_json value = {{"contender", to_string(contender.contender)}};
  for (std::size_t m = 0; m < kMeasures; ++m) {
    value[std::string(to_string(static_cast<Measure>(m)))] = to_json(contender.measures[m]);
  }
  return value;
}

ordered_json to_json(const SegmentResult& segment) {
  ordered_json contenders = ordered_json::array();
  for (const ContenderResult& contender : segment.contenders) contenders.push_back(to_json(contender));
  return {{"segment", segment.name},
          {"description", segment.description},
          {"users", segment.users},
          {"contenders", std::move(contenders)}};
}

ordered_json to_json(const CatalogueResult& catalogue) {
  return {{"contender", to_string(catalogue.contender)},
          {"coverage", catalogue.coverage},
          {"gini", catalogue.gini},
          {"ndcg_by_depth", catalogue.ndcg_by_depth}};
}

ordered_json to_json(const CalibrationResult& calibration) {
  ordered_json bins = ordered_json::array();
  for (const ReliabilityBin& bin : calibration.bins) {
    bins.push_back({{"predicted", bin.predicted}, {"observed", bin.observed}, {"count", bin.count}});
  }
  return {{"expected_calibration_error", calibration.expected_error}, {"bins", std::move(bins)}};
}

ordered_json to_json(const std::optional<ResponseQuality>& head) {
  if (!head) return nullptr;
  return {{"expected_calibration_error", head->expected_calibration_error},
          {"uncalibrated_error", head->uncalibrated_error},
          {"log_loss", head->log_loss},
          {"base_log_loss", head->base_log_loss},
          {"examples", head->examples},
          {"positives", head->positives}};
}

ordered_json to_json(const OffPolicyResult& result) {
  ordered_json value = {{"note", result.reason}};
  if (!result.estimate) return value;
  const OffPolicyEstimate& estimate = *result.estimate;
  value["logged"] = to_json(estimate.logged);
  value["ips"] = to_json(estimate.ips);
  value["snips"] = to_json(estimate.snips);
  value["impressions"] = estimate.actions;
  value["requests"] = estimate.clusters;
  value["effective_sample_size"] = estimate.effective_sample_size;
  value["mean_weight"] = estimate.mean_weight;
  value["clipped"] = estimate.clipped;
  return value;
}

ordered_json data_of(const EvaluationReport& report) {
  ordered_json value = {{"split", report.split}};
  if (report.split_at) value["split_at_ms"] = to_unix_ms(*report.split_at);
  value["train_interactions"] = report.train_interactions;
  value["train_users"] = report.train_users;
  value["items"] = report.items;
  value["test_users"] = report.test_users;
  value["measured_users"] = report.measured_users;
  return value;
}

}  // namespace

std::string to_json(const EvaluationReport& report) {
  ordered_json segments = ordered_json::array();
  for (const SegmentResult& segment : report.segments) segments.push_back(to_json(segment));
  ordered_json catalogue = ordered_json::array();
  for (const CatalogueResult& result : report.catalogue) catalogue.push_back(to_json(result));
  const ordered_json value = {{"format", kFormat},
                              {"data", data_of(report)},
                              {"k", report.k},
                              {"seed", report.seed},
                              {"resamples", report.resamples},
                              {"confidence", report.confidence},
                              {"baseline", to_string(kBaseline)},
                              {"candidate_recall", report.candidate_recall},
                              {"segments", std::move(segments)},
                              {"depths", report.depths},
                              {"catalogue", std::move(catalogue)},
                              {"calibration", to_json(report.calibration)},
                              {"click_head", to_json(report.click_head)},
                              {"off_policy", to_json(report.off_policy)}};
  return value.dump(1) + "\n";
}

}  // namespace magpie::batch

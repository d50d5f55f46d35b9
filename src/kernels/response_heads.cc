#include "kernels/response_heads.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "kernels/calibration.h"

namespace magpie {
namespace {

enum class Part : std::uint8_t { kFit, kCalibrate, kMeasure };

Part part_of(std::uint64_t group) {
  const std::uint64_t bucket = hash64(std::string_view(reinterpret_cast<const char*>(&group), sizeof group)) % 10;
  return bucket < 6 ? Part::kFit : bucket < 8 ? Part::kCalibrate : Part::kMeasure;
}

ResponseExamples select(const ResponseExamples& examples, Part part) {
  ResponseExamples selected;
  selected.features.columns = examples.features.columns;
  for (std::size_t i = 0; i < examples.labels.size(); ++i) {
    if (part_of(examples.groups[i]) != part) continue;
    const std::span<const float> row = examples.features.row(i);
    selected.features.values.insert(selected.features.values.end(), row.begin(), row.end());
    selected.labels.push_back(examples.labels[i]);
    selected.groups.push_back(examples.groups[i]);
  }
  selected.features.rows = selected.labels.size();
  return selected;
}

std::uint64_t positives_of(const ResponseExamples& examples) {
  return static_cast<std::uint64_t>(std::count(examples.labels.begin(), examples.labels.end(), std::uint8_t{1}));
}

std::vector<Outcome> outcomes_of(const ResponseHead& head, const ResponseExamples& examples) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(examples.labels.size());
  for (std::size_t i = 0; i < examples.labels.size(); ++i) {
    outcomes.push_back({response_probability(head, examples.features.row(i)), examples.labels[i] == 1});
  }
  return outcomes;
}

double log_loss(double probability, bool happened) {
  const double p = std::clamp(happened ? probability : 1 - probability, 1e-9, 1.0);
  return -std::log(p);
}

double mean_log_loss(const std::vector<Outcome>& outcomes) {
  double sum = 0;
  for (const Outcome& outcome : outcomes) sum += log_loss(static_cast<double>(outcome.predicted), outcome.happened);
  return outcomes.empty() ? 0 : sum / static_cast<double>(outcomes.size());
}

// `raw` and `calibrated` are of the same examples.
ResponseQuality quality_of(std::vector<Outcome> raw, std::vector<Outcome> calibrated, double rate, std::size_t bins) {
  ResponseQuality quality;
  quality.log_loss = mean_log_loss(calibrated);
  quality.uncalibrated_error = expected_calibration_error(reliability_bins(std::move(raw), bins));
  quality.examples = calibrated.size();
  for (Outcome& outcome : calibrated) quality.positives += outcome.happened ? 1 : 0;
  std::vector<Outcome> base = calibrated;
  for (Outcome& outcome : base) outcome.predicted = static_cast<float>(rate);
  quality.base_log_loss = mean_log_loss(base);
  quality.expected_calibration_error = expected_calibration_error(reliability_bins(std::move(calibrated), bins));
  return quality;
}

}  // namespace

std::optional<ResponseHead> fit_response_head(const ResponseExamples& examples, const ResponseParameters& parameters) {
  if (positives_of(examples) < parameters.minimum_positives) return std::nullopt;
  const ResponseExamples fitted = select(examples, Part::kFit);
  LogisticModel model = fit_logistic(fitted.features, fitted.labels, parameters.logistic);
  ResponseHead head;
  head.weights = std::move(model.weights);
  head.intercept = model.intercept;
  const ResponseExamples measured = select(examples, Part::kMeasure);
  std::vector<Outcome> raw = outcomes_of(head, measured);
  head.calibration = fit_isotonic(outcomes_of(head, select(examples, Part::kCalibrate)), parameters.calibration_prior);
  const double rate =
      static_cast<double>(positives_of(fitted)) / static_cast<double>(std::max<std::size_t>(1, fitted.labels.size()));
  head.quality = quality_of(std::move(raw), outcomes_of(head, measured), rate, parameters.bins);
  return head;
}

float response_probability(const ResponseHead& head, std::span<const float> features) {
  return head.calibration(logistic_probability(head.weights, head.intercept, features));
}

bool knows_response_features(const ResponseModel& model) { return model.features == response_feature_names(); }

}  // namespace magpie

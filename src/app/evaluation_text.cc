#include "app/evaluation_text.h"

#include <array>
#include <cstdio>
#include <utility>

#include "app/text_table.h"

namespace magpie::app {
namespace {

using batch::ContenderResult;
using batch::Measure;
using batch::MeasureResult;

constexpr double kSignificant = 0.05;
constexpr std::size_t kNameWidth = 14;
constexpr std::size_t kCellWidth = 25;
constexpr std::size_t kShortWidth = 11;

std::string number(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string interval_text(const Interval& interval) {
  return "[" + number(interval.low, 4) + ", " + number(interval.high, 4) + "]";
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

// '+' or '-' where the difference to the baseline is significant.
char mark_of(const MeasureResult& result) {
  if (!result.to_baseline || result.to_baseline->p_value >= kSignificant) return ' ';
  return result.to_baseline->value > 0 ? '+' : '-';
}

std::string accuracy_cell(const MeasureResult& result) {
  const Estimate& estimate = result.estimate;
  return right(number(estimate.value, 4) + mark_of(result) + " " + interval_text(estimate.interval), kCellWidth);
}

std::string row(const ContenderResult& contender) {
  std::string line = cell(to_string(contender.contender), kNameWidth);
  for (const Measure measure : {Measure::kNdcg, Measure::kRecall, Measure::kHitRate, Measure::kMrr}) {
    line += accuracy_cell(contender.measures[static_cast<std::size_t>(measure)]);
  }
  return line + "\n";
}

std::string header(std::size_t k) {
  std::string line(kNameWidth, ' ');
  for (const char* name : {"ndcg@", "recall@", "hit_rate@", "mrr@"}) {
    line += right(name + std::to_string(k), kCellWidth);
  }
  return line + "\n";
}

std::string segment_text(const batch::SegmentResult& segment, std::size_t k) {
  std::string text = "\n" + segment.name + ": " + segment.description;
  text += " (" + std::to_string(segment.users) + " users)\n";
  if (segment.contenders.empty()) return text;
  text += header(k);
  for (const ContenderResult& contender : segment.contenders) text += row(contender);
  return text;
}

std::string beyond_accuracy_row(const ContenderResult& measured, const batch::CatalogueResult& catalogue) {
  const auto value = [&measured](Measure measure) {
    return measured.measures[static_cast<std::size_t>(measure)].estimate.value;
  };
  return cell(to_string(measured.contender), kNameWidth) + right(number(value(Measure::kNovelty), 2), kShortWidth) +
         right(number(value(Measure::kDiversity), 3), kShortWidth) +
         right(number(100 * catalogue.coverage, 1) + "%", kShortWidth) + right(number(catalogue.gini, 3), kShortWidth) +
         "\n";
}

std::string beyond_accuracy_text(const batch::EvaluationReport& report) {
  std::string text = "\nbeyond accuracy, all users\n" + std::string(kNameWidth, ' ');
  for (const char* name : {"novelty", "diversity", "coverage", "gini"}) text += right(name, kShortWidth);
  text += "\n";
  for (std::size_t i = 0; i < report.catalogue.size(); ++i) {
    text += beyond_accuracy_row(report.segments.front().contenders[i], report.catalogue[i]);
  }
  return text;
}

std::string click_head_text(const ResponseQuality& quality) {
  return "click head: expected calibration error " + number(quality.expected_calibration_error, 5) + " (" +
         number(quality.uncalibrated_error, 5) + " before calibration), log loss " + number(quality.log_loss, 5) +
         " (" + number(quality.base_log_loss, 5) + " of the mean rate), " + std::to_string(quality.examples) +
         " examples\n";
}

std::string off_policy_text(const batch::OffPolicyResult& result) {
  std::string text = "\nclicks, estimated off-policy: ";
  if (!result.estimate) return text + "none, " + result.reason + "\n";
  const OffPolicyEstimate& estimate = *result.estimate;
  text += std::to_string(estimate.actions) + " impressions of " + std::to_string(estimate.clusters) + " requests\n";
  for (const auto& [name, value] :
       {std::pair("logged", estimate.logged), std::pair("IPS", estimate.ips), std::pair("SNIPS", estimate.snips)}) {
    text += "  " + cell(name, kShortWidth) + number(value.value, 4) + " " + interval_text(value.interval) +
            " clicks per impression\n";
  }
  text += "  effective sample size " + number(estimate.effective_sample_size, 0) + ", mean weight " +
          number(estimate.mean_weight, 3) + ", " + std::to_string(estimate.clipped) + " weights clipped\n";
  return result.reason.empty() ? text : text + "  mind: " + result.reason + "\n";
}

std::string summary(const batch::EvaluationReport& report) {
  return report.split + " split: trained on " + std::to_string(report.train_interactions) + " interactions of " +
         std::to_string(report.train_users) + " users with " + std::to_string(report.items) + " items, measured " +
         std::to_string(report.measured_users) + " of " + std::to_string(report.test_users) +
         " test users\n[low, high]: " + number(100 * report.confidence, 0) +
         "% interval, bootstrap over users; + and -: significantly better and worse than item_knn\n";
}

}  // namespace

std::string evaluation_text(const batch::EvaluationReport& report) {
  std::string text = summary(report);
  for (const batch::SegmentResult& segment : report.segments) text += segment_text(segment, report.k);
  text += beyond_accuracy_text(report);
  text += "\ncandidate recall " + number(report.candidate_recall, 4) + "; expected calibration error " +
          number(report.calibration.expected_error, 4) + " (chance that a shown item is the next one)\n";
  if (report.click_head) text += click_head_text(*report.click_head);
  return text + off_policy_text(report.off_policy);
}

}  // namespace magpie::app

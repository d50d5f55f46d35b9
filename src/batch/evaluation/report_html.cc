#include "batch/evaluation/report_html.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "batch/evaluation/plots.h"
#include "batch/evaluation/report_style.h"
#include "batch/evaluation/svg.h"

namespace magpie::batch {
namespace {

constexpr double kSignificant = 0.05;
constexpr int kDecimals = 4;

std::string css_class(Contender contender) {
  return contender == Contender::kEngine ? "engine" : contender == kBaseline ? "baseline" : "other";
}

std::string name_of(Contender contender) {
  std::string name(to_string(contender));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string title_of(Measure measure, std::size_t k) {
  static constexpr std::array<const char*, kMeasures> kTitles = {"Recall@", "Hit rate@", "NDCG@",
                                                                 "MRR@",    "Novelty@",  "Diversity@"};
  return kTitles[static_cast<std::size_t>(measure)] + std::to_string(k);
}

const MeasureResult& of(const ContenderResult& contender, Measure measure) {
  return contender.measures[static_cast<std::size_t>(measure)];
}

std::string percent(double share, int decimals = 1) { return format_number(100 * share, decimals) + "%"; }

std::string interval_text(const Interval& interval, int decimals) {
  return format_number(interval.low, decimals) + " to " + format_number(interval.high, decimals);
}

std::string tile(std::string_view label, const std::string& value, const std::string& detail) {
  return "<div class=\"tile\"><span>" + escape_markup(label) + "</span><b>" + escape_markup(value) + "</b><span>" +
         escape_markup(detail) + "</span></div>\n";
}

std::string accuracy_tile(const EvaluationReport& report, Measure measure) {
  const ContenderResult& engine = report.segments.front().contenders.front();
  const MeasureResult& result = of(engine, measure);
  return tile(title_of(measure, report.k) + ", engine", format_number(result.estimate.value, kDecimals),
              interval_text(result.estimate.interval, kDecimals));
}

std::string lead_tile(const EvaluationReport& report) {
  const MeasureResult& ndcg = of(report.segments.front().contenders.front(), Measure::kNdcg);
  const double baseline = ndcg.estimate.value - ndcg.to_baseline->value;
  if (baseline <= 0) return {};
  const double lead = ndcg.to_baseline->value / baseline;
  return tile("NDCG beside item-kNN", (lead >= 0 ? "+" : "") + percent(lead, 0),
              "p " + format_number(ndcg.to_baseline->p_value, 3) + ", paired");
}

std::string tiles(const EvaluationReport& report) {
  return "<div class=\"tiles\">\n" + accuracy_tile(report, Measure::kNdcg) + lead_tile(report) +
         accuracy_tile(report, Measure::kRecall) +
         tile("Catalogue coverage", percent(report.catalogue.front().coverage), "of items are shown to somebody") +
         tile("Calibration error", format_number(report.calibration.expected_error, kDecimals),
              "expected, equal-mass bins") +
         tile("Candidate recall", percent(report.candidate_recall), "of relevant items reach the ranker") + "</div>\n";
}

std::string panel(std::string_view title, std::string_view text, const std::string& plot) {
  return "<div class=\"plot\"><h3>" + escape_markup(title) + "</h3><p class=\"soft\">" + escape_markup(text) + "</p>" +
         plot + "</div>\n";
}

std::string bars_of(const EvaluationReport& report, Measure measure) {
  std::vector<Bar> bars;
  std::optional<double> reference;
  for (const ContenderResult& contender : report.segments.front().contenders) {
    const Estimate& estimate = of(contender, measure).estimate;
    bars.push_back({name_of(contender.contender), css_class(contender.contender), estimate});
    if (contender.contender == kBaseline) reference = estimate.value;
  }
  return panel(title_of(measure, report.k),
               "All users; whiskers: " + percent(report.confidence, 0) + " interval. Dashed: item-kNN.",
               bar_plot(title_of(measure, report.k), bars, reference));
}

std::string depth_curves(const EvaluationReport& report) {
  std::vector<double> depths(report.depths.begin(), report.depths.end());
  std::vector<Curve> curves;
  for (const CatalogueResult& contender : report.catalogue) {
    curves.push_back({name_of(contender.contender), css_class(contender.contender), contender.ndcg_by_depth});
  }
  return panel("NDCG by depth", "How much of the order is right, the further down one looks.",
               curve_plot("NDCG by depth", "depth k (logarithmic)", depths, curves));
}

std::string reliability(const EvaluationReport& report) {
  return panel(
      "Reliability of the engine's probabilities",
      "Chance that a shown item is the user's next one, in bins of equally many. Below the diagonal: too sure.",
      reliability_plot("Reliability", report.calibration.bins));
}

std::string coverage_and_novelty(const EvaluationReport& report) {
  std::vector<Dot> dots;
  for (std::size_t i = 0; i < report.catalogue.size(); ++i) {
    const ContenderResult& measured = report.segments.front().contenders[i];
    dots.push_back({name_of(measured.contender),
                    css_class(measured.contender),
                    {100 * report.catalogue[i].coverage, of(measured, Measure::kNovelty).estimate.value}});
  }
  return panel("Coverage and novelty",
               "To the right: more of the catalogue is shown. Upwards: what is shown is less known.",
               scatter_plot("Coverage and novelty", "coverage, % of items", "novelty, bits", dots));
}

// The difference to the baseline as a share of it, marked where it is significant.
std::string difference_of(const MeasureResult& result) {
  if (!result.to_baseline) return "";
  const Difference& difference = *result.to_baseline;
  const char* mark = difference.p_value >= kSignificant ? "" : difference.value > 0 ? "up" : "down";
  const std::string text = (difference.value >= 0 ? "+" : "") + format_number(difference.value, kDecimals);
  return " <small class=\"" + std::string(mark) + "\" title=\"" + interval_text(difference.interval, kDecimals) +
         ", p " + format_number(difference.p_value, 3) + "\">" + text + (difference.p_value < kSignificant ? "*" : "") +
         "</small>";
}

// The value and its difference to the baseline; below them the interval.
std::string cell(const MeasureResult& result, int decimals) {
  return "<td>" + format_number(result.estimate.value, decimals) + difference_of(result) + "<br><small>" +
         interval_text(result.estimate.interval, decimals) + "</small></td>";
}

std::string row(const ContenderResult& contender) {
  std::string html = "<tr class=\"" + css_class(contender.contender) + "\"><td title=\"" +
                     escape_markup(describe(contender.contender)) + "\">" + name_of(contender.contender) + "</td>";
  for (const Measure measure : {Measure::kNdcg, Measure::kRecall, Measure::kHitRate, Measure::kMrr}) {
    html += cell(of(contender, measure), kDecimals);
  }
  for (const Measure measure : {Measure::kNovelty, Measure::kDiversity}) html += cell(of(contender, measure), 2);
  return html + "</tr>\n";
}

std::string segment_table(const SegmentResult& segment, std::size_t k) {
  std::string title = segment.name;
  std::replace(title.begin(), title.end(), '_', ' ');
  std::string html = "<h2>Segment: " + escape_markup(title) + "</h2>\n<p class=\"soft\">" +
                     escape_markup(segment.description) + "; " + std::to_string(segment.users) + " users.</p>\n";
  if (segment.contenders.empty()) return html;
  html += "<div class=\"scroll\"><table><tr><th></th>";
  for (const Measure measure :
       {Measure::kNdcg, Measure::kRecall, Measure::kHitRate, Measure::kMrr, Measure::kNovelty, Measure::kDiversity}) {
    html += "<th>" + title_of(measure, k) + "</th>";
  }
  html += "</tr>\n";
  for (const ContenderResult& contender : segment.contenders) html += row(contender);
  return html + "</table></div>\n";
}

std::string catalogue_table(const EvaluationReport& report) {
  std::string html = "<h2>Catalogue</h2>\n<p class=\"soft\">Coverage: share of the items that at least one list of " +
                     std::to_string(report.k) +
                     " shows. Gini: 0 where every item is shown equally often, 1 where one has it all.</p>\n<div "
                     "class=\"scroll\"><table><tr><th></th><th>Coverage</th><th>Gini</th></tr>\n";
  for (const CatalogueResult& contender : report.catalogue) {
    html += "<tr class=\"" + css_class(contender.contender) + "\"><td>" + name_of(contender.contender) + "</td><td>" +
            percent(contender.coverage) + "</td><td>" + format_number(contender.gini, 3) + "</td></tr>\n";
  }
  return html + "</table></div>\n";
}

std::string click_head(const EvaluationReport& report) {
  if (!report.click_head) return {};
  const ResponseQuality& quality = *report.click_head;
  return "<h2>Click head</h2>\n<p class=\"soft\">The head that predicts clicks, on " +
         std::to_string(quality.examples) +
         " candidates of users whom it was not fitted on: expected calibration error " +
         format_number(quality.expected_calibration_error, 5) + " (" + format_number(quality.uncalibrated_error, 5) +
         " before calibration), log loss " + format_number(quality.log_loss, 5) + " (" +
         format_number(quality.base_log_loss, 5) + " of always saying the mean rate).</p>\n";
}

std::string off_policy_row(std::string_view name, const Estimate& estimate, std::string_view meaning) {
  return "<tr><td>" + escape_markup(name) + "</td><td>" + percent(estimate.value, 2) + "</td><td>" +
         percent(estimate.interval.low, 2) + " to " + percent(estimate.interval.high, 2) +
         "</td><td style=\"text-align:left\">" + escape_markup(meaning) + "</td></tr>\n";
}

std::string off_policy(const EvaluationReport& report) {
  std::string html = "<h2>Clicks, estimated off-policy</h2>\n";
  if (!report.off_policy.reason.empty()) {
    html += "<p class=\"soft\">" + std::string(report.off_policy.estimate ? "Mind: " : "No estimate: ") +
            escape_markup(report.off_policy.reason) + ".</p>\n";
  }
  if (!report.off_policy.estimate) return html;
  const OffPolicyEstimate& estimate = *report.off_policy.estimate;
  html += "<div class=\"scroll\"><table><tr><th></th><th>Clicks per impression</th><th>Interval</th><th></th></tr>\n" +
          off_policy_row("logged", estimate.logged, "what the serving policy earned") +
          off_policy_row("IPS", estimate.ips, "what this engine would have earned") +
          off_policy_row("SNIPS", estimate.snips, "the same, self-normalised") + "</table></div>\n";
  return html + "<p class=\"soft\">" + std::to_string(estimate.actions) + " impressions of " +
         std::to_string(estimate.clusters) + " requests; effective sample size " +
         format_number(estimate.effective_sample_size, 0) + ", mean weight " + format_number(estimate.mean_weight, 3) +
         ", " + std::to_string(estimate.clipped) + " weights clipped.</p>\n";
}

std::string iso_time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text;
}

std::string summary(const EvaluationReport& report) {
  std::string html = "<p class=\"soft\">Split: " + escape_markup(report.split);
  if (report.split_at) html += " at " + iso_time(*report.split_at);
  return html + ". Trained on " + std::to_string(report.train_interactions) + " interactions of " +
         std::to_string(report.train_users) + " users with " + std::to_string(report.items) + " items; measured " +
         std::to_string(report.measured_users) + " of " + std::to_string(report.test_users) +
         " test users. Intervals: " + percent(report.confidence, 0) + ", bootstrap over users, " +
         std::to_string(report.resamples) + " resamples, seed " + std::to_string(report.seed) + ".</p>\n";
}

std::string legend() {
  return "<p class=\"soft\">Beside each value the difference to item-kNN on the same users, below it the interval; * "
         "where "
         "its p-value is below 0.05 (paired bootstrap, uncorrected for the number of comparisons). Novelty: mean of "
         "-log2 of the share of users who know an item. Diversity: 1 - mean cosine of the contents of a list.</p>\n";
}

}  // namespace

std::string to_html(const EvaluationReport& report) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>Magpie evaluation</title><style>" +
      std::string(kReportStyle) + "</style></head><body>\n<h1>Magpie evaluation</h1>\n" + summary(report);
  html += tiles(report);
  html += "<div class=\"plots\">\n";
  html += bars_of(report, Measure::kNdcg) + bars_of(report, Measure::kRecall) + depth_curves(report);
  html += coverage_and_novelty(report) + reliability(report) + bars_of(report, Measure::kDiversity);
  html += "</div>\n";
  for (const SegmentResult& segment : report.segments) html += segment_table(segment, report.k);
  html += legend() + catalogue_table(report) + click_head(report) + off_policy(report);
  return html + "</body></html>\n";
}

}  // namespace magpie::batch

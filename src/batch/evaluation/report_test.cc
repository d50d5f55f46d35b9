// The written forms of a report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "batch/evaluation/measure.h"
#include "batch/evaluation/plots.h"
#include "batch/evaluation/report_html.h"
#include "batch/evaluation/report_json.h"
#include "batch/evaluation/svg.h"

namespace magpie::batch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<Contender, 3> kAll = {Contender::kEngine, Contender::kContent, kBaseline};

EvaluationReport small_report() {
  EvaluationSplit split;
  split.train.items = {ItemId("a"), ItemId("b"), ItemId("c")};
  split.train.users = {UserId("u")};
  split.train.preferences = {{0, Timestamp(), 1}};
  split.train.offsets = {0, 1};
  split.test = {{.id = UserId("u"), .train_user = 0, .relevant = {1}, .next = 1}};
  UserRankings rankings;
  rankings.lists.fill({2, 1});
  rankings.probabilities = {0.5F, 0.25F};
  rankings.candidates = {1, 2};
  SparseMatrix content;
  content.offsets = {0, 0, 0, 0};
  EvaluationReport report;
  report.split = "leave-one-out";
  measure({split, kAll, split.test, std::span(&rankings, 1), content}, 10, {.resamples = 20}, report);
  report.off_policy.reason = "no <impressions>";
  return report;
}

TEST(ReportJson, HoldsEveryContenderOfEverySegment) {
  const auto json = nlohmann::json::parse(to_json(small_report()));
  EXPECT_EQ(json.at("format"), 1);
  EXPECT_EQ(json.at("segments").size(), 4U);
  const auto& all = json.at("segments").at(0);
  EXPECT_EQ(all.at("segment"), "all");
  ASSERT_EQ(all.at("contenders").size(), kAll.size());
  const auto& engine = all.at("contenders").at(0);
  EXPECT_EQ(engine.at("contender"), "engine");
  EXPECT_DOUBLE_EQ(engine.at("mrr").at("value"), 0.5);
  EXPECT_DOUBLE_EQ(engine.at("mrr").at("to_baseline").at("value"), 0);
  EXPECT_EQ(json.at("catalogue").size(), kAll.size());
  EXPECT_EQ(json.at("off_policy").at("note"), "no <impressions>");
  EXPECT_FALSE(json.at("off_policy").contains("ips"));
}

TEST(ReportJson, HoldsTheOffPolicyEstimateWhereThereIsOne) {
  EvaluationReport report = small_report();
  report.off_policy.estimate = OffPolicyEstimate{};
  report.off_policy.estimate->actions = 7;
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json.at("off_policy").at("impressions"), 7);
  EXPECT_TRUE(json.at("off_policy").contains("snips"));
}

TEST(ReportHtml, IsOnePageThatFetchesNothing) {
  const std::string html = to_html(small_report());
  EXPECT_THAT(html, testing::StartsWith("<!doctype html>"));
  EXPECT_THAT(html, testing::EndsWith("</html>\n"));
  for (const char* fetched : {"<script", "http://", "https://", "src=", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(fetched)));
  }
  EXPECT_THAT(html, HasSubstr("no &lt;impressions&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf<")));
}

TEST(Svg, TextIsEscaped) {
  EXPECT_EQ(escape_markup("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  Svg svg(10, 10, "x & y");
  svg.text({1, 2}, "<script>", "label");
  const std::string picture = std::move(svg).finish();
  EXPECT_THAT(picture, HasSubstr("x &amp; y"));
  EXPECT_THAT(picture, HasSubstr("&lt;script&gt;"));
}

TEST(Svg, NumbersThatRoundToZeroHaveNoSign) {
  EXPECT_EQ(format_number(-0.0001, 2), "0.00");
  EXPECT_EQ(format_number(-0.0, 0), "0");
  EXPECT_EQ(format_number(-1.5, 1), "-1.5");
}

TEST(Plots, SurviveWhatHasNoExtent) {
  const std::vector<Bar> bars = {{"nothing", "other", {}}};
  EXPECT_THAT(bar_plot("b", bars, std::nullopt), Not(HasSubstr("nan")));
  EXPECT_THAT(reliability_plot("r", {}), Not(HasSubstr("nan")));
  const std::vector<Dot> dots = {{"same", "other", {1, 1}}, {"place", "other", {1, 1}}};
  EXPECT_THAT(scatter_plot("s", "x", "y", dots), Not(HasSubstr("nan")));
  const std::vector<double> xs = {1, 2};
  const std::vector<Curve> curves = {{"flat", "other", {0, 0}}};
  EXPECT_THAT(curve_plot("c", "k", xs, curves), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace magpie::batch

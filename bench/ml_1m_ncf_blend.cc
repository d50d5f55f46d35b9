#include "ml_1m_ncf_blend.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace magpie::bench {
namespace {

constexpr std::size_t kDepth = 10;
// The steps of the search: first coarse ones, as parts of the mean weight, then finer.
constexpr std::array kSteps{0.5, 0.25, 0.1};

struct Spread {
  double mean = 0;
  double deviation = 1;
};

Spread spread_of_unknown(std::span<const float> scores, std::span<const std::uint32_t> known) {
  double sum = 0;
  double squares = 0;
  const auto add = [&](float score, double times) {
    sum += times * score;
    squares += times * score * score;
  };
  for (const float score : scores) add(score, 1);
  for (const std::uint32_t item : known) add(scores[item], -1);
  const double count = static_cast<double>(scores.size() - known.size());
  if (count < 1) return {};
  const double variance = squares / count - (sum / count) * (sum / count);
  return {sum / count, variance > 0 ? std::sqrt(variance) : 1};
}

double quality(const std::vector<LeaveOneOutCase>& cases, std::span<const CaseScores> sources,
               std::span<const double> weights) {
  const LeaveOneOutMetrics metrics = leave_one_out_metrics(cases, blend(sources, weights));
  return metrics.hit_rate + metrics.ndcg;
}

}  // namespace

CaseScores standardized(const Matrix& scores, const LeaveOneOutData& data) {
  CaseScores result;
  result.reserve(data.cases.size());
  for (const LeaveOneOutCase& one : data.cases) {
    const std::span<const float> row = scores.row(one.user);
    const Spread spread = spread_of_unknown(row, data.train.row_indices(one.user));
    const auto standard = [&](std::uint32_t item) {
      return static_cast<float>((row[item] - spread.mean) / spread.deviation);
    };
    std::vector<float>& of_case = result.emplace_back();
    of_case.reserve(one.negatives.size() + 1);
    of_case.push_back(standard(one.item));
    for (const std::uint32_t item : one.negatives) of_case.push_back(standard(item));
  }
  return result;
}

CaseScores blend(std::span<const CaseScores> sources, std::span<const double> weights) {
  CaseScores result = sources[0];
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (std::size_t j = 0; j < result[i].size(); ++j) {
      double sum = 0;
      for (std::size_t s = 0; s < sources.size(); ++s) sum += weights[s] * sources[s][i][j];
      result[i][j] = static_cast<float>(sum);
    }
  }
  return result;
}

LeaveOneOutMetrics leave_one_out_metrics(const std::vector<LeaveOneOutCase>& cases, const CaseScores& scores) {
  LeaveOneOutMetrics sum;
  double weights = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::vector<float>& of_case = scores[i];
    const auto before =
        std::count_if(of_case.begin() + 1, of_case.end(), [&](float score) { return score >= of_case[0]; });
    weights += cases[i].weight;
    if (before >= static_cast<std::ptrdiff_t>(kDepth)) continue;
    sum.hit_rate += cases[i].weight;
    sum.ndcg += cases[i].weight / std::log2(static_cast<double>(before) + 2);
  }
  return {sum.hit_rate / weights, sum.ndcg / weights};
}

std::vector<double> search_weights(const std::vector<LeaveOneOutCase>& cases, std::span<const CaseScores> sources) {
  std::vector<double> weights(sources.size(), 1);
  double best = quality(cases, sources, weights);
  for (const double step : kSteps) {
    for (bool improved = true; improved;) {
      improved = false;
      for (double& weight : weights) {
        for (const double change : {step, -step}) {
          const double kept = weight;
          weight += change;
          const double reached = quality(cases, sources, weights);
          if (reached > best) {
            best = reached;
            improved = true;
          } else {
            weight = kept;
          }
        }
      }
    }
  }
  return weights;
}

}  // namespace magpie::bench

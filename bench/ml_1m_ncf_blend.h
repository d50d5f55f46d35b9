// Blends of models under the leave-one-out protocol: a weighted sum of standardized scores.
#pragma once

#include <span>
#include <vector>

#include "ml_1m_ncf_data.h"
#include "model/matrix.h"

namespace magpie::bench {

// Per case the score of its item, then of its negatives.
using CaseScores = std::vector<std::vector<float>>;

// `scores`: a row per user, a column per item. Brought to mean 0 and standard deviation 1 over what the user has not.
[[nodiscard]] CaseScores standardized(const Matrix& scores, const LeaveOneOutData& data);

// Weights are parallel to sources.
[[nodiscard]] CaseScores blend(std::span<const CaseScores> sources, std::span<const double> weights);

struct LeaveOneOutMetrics {
  double hit_rate = 0;
  double ndcg = 0;
};

// At depth 10; weighted means over the cases. A tie counts against the item.
[[nodiscard]] LeaveOneOutMetrics leave_one_out_metrics(const std::vector<LeaveOneOutCase>& cases,
                                                       const CaseScores& scores);

// Weights of the best hit rate plus NDCG, by coordinate search from equal ones.
[[nodiscard]] std::vector<double> search_weights(const std::vector<LeaveOneOutCase>& cases,
                                                 std::span<const CaseScores> sources);

}  // namespace magpie::bench

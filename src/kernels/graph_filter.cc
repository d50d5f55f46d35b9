#include "kernels/graph_filter.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/degree_normalization.h"
#include "kernels/gemm.h"
#include "kernels/neighbour_lists.h"
#include "kernels/parallel_for.h"
#include "kernels/randomized_svd.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

// Users whose low-pass scores are one product of matrices.
constexpr std::size_t kGroup = 128;

float dot(std::span<const float> a, std::span<const float> b) {
  const auto size = static_cast<Eigen::Index>(a.size());
  return Eigen::Map<const Eigen::VectorXf>(a.data(), size).dot(Eigen::Map<const Eigen::VectorXf>(b.data(), size));
}

Matrix low_pass_factors(const SparseMatrix& normalized, const GraphFilterParameters& parameters) {
  RandomizedSvdParameters svd;
  svd.rank = parameters.rank;
  svd.seed = parameters.seed;
  svd.threads = parameters.threads;
  Matrix factors = randomized_svd(normalized, svd).vectors;
  for (float& value : factors.values) value *= std::sqrt(parameters.low_pass_weight);
  return factors;
}

}  // namespace

GraphFilter GraphFilter::fit(const SparseMatrix& interactions, const GraphFilterParameters& parameters) {
  return {interactions, parameters};
}

GraphFilter::GraphFilter(const SparseMatrix& interactions, const GraphFilterParameters& parameters)
    : by_user_(normalize_degrees(interactions, parameters.user_exponent, parameters.item_exponent)),
      by_item_(transpose(by_user_)),
      threads_(parameters.threads) {
  if (parameters.rank > 0) low_pass_ = low_pass_factors(by_user_, parameters);
  const std::vector<float> degrees = column_degrees(interactions);
  item_scales_ = degree_powers(degrees, -parameters.item_exponent);
  target_scales_ = degree_powers(degrees, parameters.popularity_exponent);
}

Matrix GraphFilter::scores(std::span<const std::uint32_t> users) const {
  Matrix result(users.size(), target_scales_.size());
  parallel_for((users.size() + kGroup - 1) / kGroup, threads_, [&](std::size_t group) {
    const std::size_t first = group * kGroup;
    score(users.subspan(first, std::min(kGroup, users.size() - first)), result, first);
  });
  return result;
}

void GraphFilter::score(std::span<const std::uint32_t> users, Matrix& result, std::size_t first) const {
  Matrix projections(users.size(), low_pass_.columns);
  for (std::size_t i = 0; i < users.size(); ++i) {
    const auto items = by_user_.row_indices(users[i]);
    const auto weights = by_user_.row_values(users[i]);
    add_linear(items, weights, result.row(first + i));
    add_projection(items, weights, projections.row(i));
  }
  add_product({users.size(), low_pass_.columns, result.columns}, 1, {projections.values.data(), low_pass_.columns},
              {low_pass_.values.data(), low_pass_.columns, Transposed::kYes}, result.row(first).data(), result.columns);
  for (std::size_t i = 0; i < users.size(); ++i) {
    const auto row = result.row(first + i);
    for (std::size_t item = 0; item < row.size(); ++item) row[item] *= target_scales_[item];
  }
}

void GraphFilter::add_linear(std::span<const std::uint32_t> items, std::span<const float> weights,
                             std::span<float> out) const {
  std::vector<float> users(by_user_.rows());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto users_of_item = by_item_.row_indices(items[i]);
    const auto values = by_item_.row_values(items[i]);
    for (std::size_t k = 0; k < users_of_item.size(); ++k) users[users_of_item[k]] += weights[i] * values[k];
  }
  for (std::size_t user = 0; user < users.size(); ++user) {
    if (users[user] == 0) continue;
    const auto items_of_user = by_user_.row_indices(user);
    const auto values = by_user_.row_values(user);
    for (std::size_t k = 0; k < items_of_user.size(); ++k) out[items_of_user[k]] += users[user] * values[k];
  }
}

void GraphFilter::add_projection(std::span<const std::uint32_t> items, std::span<const float> weights,
                                 std::span<float> out) const {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto row = low_pass_.row(items[i]);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += weights[i] * row[k];
  }
}

SparseMatrix GraphFilter::item_graph(std::size_t neighbours) const {
  std::vector<std::vector<ScoredRow>> lists(target_scales_.size());
  parallel_for(lists.size(), threads_,
               [&](std::size_t item) { lists[item] = neighbours_of(static_cast<std::uint32_t>(item), neighbours); });
  return neighbour_matrix(lists);
}

std::vector<ScoredRow> GraphFilter::neighbours_of(std::uint32_t item, std::size_t count) const {
  std::vector<float> row(target_scales_.size());
  const float unit = 1;
  add_linear({&item, 1}, {&unit, 1}, row);
  std::vector<ScoredRow> positive;
  for (std::uint32_t other = 0; other < row.size(); ++other) {
    if (other == item || row[other] == 0) continue;
    const float filter = row[other] + dot(low_pass_.row(item), low_pass_.row(other));
    const float weight = item_scales_[item] * filter * target_scales_[other];
    if (weight > 0) positive.push_back({other, weight});
  }
  keep_top(positive, count);
  return positive;
}

}  // namespace magpie

#include "kernels/als_subspace.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace magpie {
namespace {

// As in kernels/als_row_solver.cc.
constexpr std::size_t kGatherRows = 128;

ConstDenseView columns_from(ConstDenseView view, std::size_t first) { return {view.values + first, view.stride}; }

}  // namespace

AlsSubspaceSolver::AlsSubspaceSolver(const AlsFixedView& fixed, const AlsObjective& objective, std::size_t block)
    : fixed_(fixed),
      objective_(objective),
      padded_(als_padded(fixed.factors)),
      block_(std::min(padded_, als_padded(std::max<std::size_t>(1, block)))),
      all_factors_(padded_),
      gathered_(kGatherRows * block_),
      system_(block_ * (block_ + kAlsLanes)),
      descent_(block_),
      unobserved_(block_) {
  std::iota(all_factors_.begin(), all_factors_.end(), 0U);
}

void AlsSubspaceSolver::sweep(std::span<const std::uint32_t> columns, std::span<const float> weights,
                              std::span<float> row) {
  if (columns.empty()) {
    std::ranges::fill(row, 0.0F);
    return;
  }
  set_confidences(weights);
  const float regularization = objective_.row_regularization(weights);
  als_dot(fixed_.rows, padded_, columns, row.data(), predictions_.data());
  for (std::size_t first = 0; first < padded_; first += block_) {
    step(columns, first, std::min(block_, padded_ - first), regularization, row);
  }
}

void AlsSubspaceSolver::set_confidences(std::span<const float> weights) {
  if (extras_.size() < weights.size()) {
    for (auto* scratch : {&extras_, &roots_, &predictions_, &residuals_}) scratch->resize(weights.size());
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    extras_[i] = objective_.extra(weights[i]);
    roots_[i] = std::sqrt(extras_[i]);
  }
}

void AlsSubspaceSolver::step(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width,
                             float regularization, std::span<float> row) {
  set_curvature(columns, first, width, regularization);
  set_descent(columns, first, width, regularization, row);
  const DenseView system{system_.data(), width + kAlsLanes};
  for (std::size_t k = 0; k < width; ++k) {
    float* target = system.values + k * system.stride + width;
    std::fill_n(target, kAlsLanes, 0.0F);
    target[0] = descent_[k];
  }
  als_solve(system, width, descent_.data());
  for (std::size_t k = 0; k < width; ++k) row[first + k] += descent_[k];
  if (first + width == padded_) return;
  als_dot(columns_from(fixed_.rows, first), width, columns, descent_.data(), residuals_.data());
  for (std::size_t i = 0; i < columns.size(); ++i) predictions_[i] += residuals_[i];
}

void AlsSubspaceSolver::set_curvature(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width,
                                      float regularization) {
  const DenseView system{system_.data(), width + kAlsLanes};
  const DenseView gathered{gathered_.data(), width};
  ConstDenseView start(fixed_.gram.values + first * fixed_.gram.stride + first, fixed_.gram.stride);
  for (std::size_t from = 0; from < columns.size(); from += kGatherRows) {
    const std::size_t count = std::min(kGatherRows, columns.size() - from);
    als_gather(columns_from(fixed_.rows, first), width, columns.subspan(from, count), roots_.data() + from, gathered);
    als_add_gram(gathered, count, width, start, system);
    start = system;
  }
  for (std::size_t k = 0; k < width; ++k) system.values[k * system.stride + k] += regularization;
}

void AlsSubspaceSolver::set_descent(std::span<const std::uint32_t> columns, std::size_t first, std::size_t width,
                                    float regularization, std::span<const float> row) {
  for (std::size_t i = 0; i < columns.size(); ++i) residuals_[i] = 1 + extras_[i] - extras_[i] * predictions_[i];
  als_dot(fixed_.gram, padded_, std::span(all_factors_).subspan(first, width), row.data(), unobserved_.data());
  for (std::size_t k = 0; k < width; ++k) descent_[k] = -unobserved_[k] - regularization * row[first + k];
  als_add_weighted(columns_from(fixed_.rows, first), width, columns, residuals_.data(), descent_.data());
}

}  // namespace magpie

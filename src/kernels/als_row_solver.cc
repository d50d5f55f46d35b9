#include "kernels/als_row_solver.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

// Rows gathered at once: enough to keep the update's arithmetic dense, few enough to stay in the cache.
constexpr std::size_t kGatherRows = 128;
// Below it s = (1 + e) / sqrt(e) is so large that the dual system loses digits.
constexpr float kLeastDualExtra = 1e-3F;

void grow(std::vector<float>& scratch, std::size_t size) {
  if (scratch.size() < size) scratch.resize(size);
}

// b into column `size` of a system as als_solve takes it.
void set_target(DenseView system, std::size_t size, std::span<const float> target) {
  for (std::size_t i = 0; i < size; ++i) {
    float* extra = system.values + i * system.stride + size;
    std::fill_n(extra, kAlsLanes, 0.0F);
    extra[0] = i < target.size() ? target[i] : 0;
  }
}

}  // namespace

bool als_prefers_dual(std::size_t count, std::size_t factors) { return als_padded(count) < factors; }

AlsRowSolver::AlsRowSolver(const AlsFixedView& fixed, const AlsObjective& objective)
    : fixed_(fixed),
      objective_(objective),
      padded_(als_padded(fixed.factors)),
      system_(padded_ * (padded_ + kAlsLanes)),
      inverse_(padded_),
      inverse_root_(padded_),
      solution_(padded_) {}

void AlsRowSolver::solve(std::span<const std::uint32_t> columns, std::span<const float> weights, std::span<float> out) {
  if (columns.empty()) {
    std::ranges::fill(out, 0.0F);
    return;
  }
  set_confidences(weights);
  const float regularization = objective_.row_regularization(weights);
  const bool is_dual = !fixed_.spectrum.empty() && als_prefers_dual(columns.size(), fixed_.factors) &&
                       objective_.extra(*std::ranges::min_element(weights)) >= kLeastDualExtra;
  if (is_dual) {
    solve_dual(columns, regularization);
  } else {
    solve_primal(columns, regularization);
  }
  std::copy_n(solution_.begin(), out.size(), out.begin());
}

void AlsRowSolver::set_confidences(std::span<const float> weights) {
  grow(roots_, weights.size());
  grow(targets_, weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float extra = objective_.extra(weights[i]);
    roots_[i] = std::sqrt(extra);
    targets_[i] = 1 + extra;
  }
}

void AlsRowSolver::solve_primal(std::span<const std::uint32_t> columns, float regularization) {
  grow(gathered_, std::min(kGatherRows, columns.size()) * padded_);
  const DenseView system{system_.data(), padded_ + kAlsLanes};
  const DenseView gathered{gathered_.data(), padded_};
  ConstDenseView start = fixed_.gram;
  for (std::size_t from = 0; from < columns.size(); from += kGatherRows) {
    const std::size_t count = std::min(kGatherRows, columns.size() - from);
    als_gather(fixed_.rows, fixed_.factors, columns.subspan(from, count), roots_.data() + from, gathered);
    als_add_gram(gathered, count, padded_, start, system);
    start = system;
  }
  for (std::size_t k = 0; k < fixed_.factors; ++k) system.values[k * system.stride + k] += regularization;
  std::ranges::fill(solution_, 0.0F);
  als_add_weighted(fixed_.rows, fixed_.factors, columns, targets_.data(), solution_.data());
  set_target(system, padded_, solution_);
  als_solve(system, padded_, solution_.data());
}

void AlsRowSolver::solve_dual(std::span<const std::uint32_t> columns, float regularization) {
  const std::size_t size = als_padded(columns.size());
  als_invert(fixed_.spectrum.data(), padded_, regularization, inverse_.data(), inverse_root_.data());
  grow(gathered_, padded_ * size);
  const DenseView transposed{gathered_.data(), size};
  als_gather_transposed(fixed_.rows, padded_, columns, roots_.data(), inverse_root_.data(), transposed);

  const DenseView system{system_.data(), size + kAlsLanes};
  for (std::size_t i = 0; i < size; ++i) {
    std::fill_n(system.values + i * system.stride, size, 0.0F);
    system.values[i * system.stride + i] = 1;
  }
  als_add_gram(transposed, padded_, size, system, system);
  for (std::size_t i = 0; i < columns.size(); ++i) targets_[i] /= roots_[i];
  set_target(system, size, std::span(targets_).first(columns.size()));
  grow(targets_, size);
  als_solve(system, size, targets_.data());

  for (std::size_t i = 0; i < columns.size(); ++i) targets_[i] *= roots_[i];
  std::ranges::fill(solution_, 0.0F);
  als_add_weighted(fixed_.rows, padded_, columns, targets_.data(), solution_.data());
  for (std::size_t k = 0; k < padded_; ++k) solution_[k] *= inverse_[k];
}

}  // namespace magpie

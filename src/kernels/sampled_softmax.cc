#include "kernels/sampled_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace magpie {
namespace {

// The logits of what is certain for an example but was not sampled: most hard negatives. Few, so one by one.
template <typename Real>
struct RareLogits {
  IndexLists columns;  // A list an example of the run.
  std::vector<Real> values;

  [[nodiscard]] std::span<Real> of(std::size_t i) {
    return std::span(values).subspan(columns.offsets[i], columns.of(i).size());
  }
};

template <typename Real>
RareLogits<Real> rare_logits(const ConstRows<Real>& users, std::size_t first, const ConstRows<Real>& items,
                             const SoftmaxColumns& columns, Real scale) {
  RareLogits<Real> rare;
  for (Eigen::Index row = 0; row < users.rows(); ++row) {
    for (const std::uint32_t column : columns.certain.of(first + static_cast<std::size_t>(row))) {
      if (column < columns.log_probabilities.size()) continue;
      rare.columns.indices.push_back(column);
      rare.values.push_back(scale * users.row(row).dot(items.row(column)));
    }
    rare.columns.close();
  }
  return rare;
}

// From the logits of one example to its loss and d loss / d logits.
template <typename Real>
class SoftmaxRow {
 public:
  explicit SoftmaxRow(const SoftmaxColumns& columns)
      : columns_(columns),
        sampled_(columns.log_probabilities.size()),
        log_probabilities_(Eigen::Map<const Eigen::ArrayXf>(columns.log_probabilities.data(), eigen_index(sampled_))
                               .template cast<Real>()) {}

  // `logits`: of the sampled columns. Both become the gradient. Returns the loss, and adds the sum of gradient x logit
  // to `scaled`.
  template <typename Logits>
  Real differentiate(std::size_t example, Logits&& logits, std::span<Real> rare, Real& scaled) {
    const std::uint32_t chosen = columns_.certain.of(example).front();
    const bool is_rare = chosen >= sampled_;
    const Real positive = is_rare ? rare.front() : Real(logits[chosen]);
    correct(example, logits);
    Real highest = positive;
    if (sampled_ > 0) highest = std::max(highest, corrected_.maxCoeff());
    for (const Real logit : rare) highest = std::max(highest, logit);
    corrected_ = (corrected_ - highest).exp();
    for (const std::uint32_t column : columns_.masked.of(example)) corrected_[column] = 0;
    Real total = corrected_.sum();
    for (const Real logit : rare) total += std::exp(logit - highest);

    corrected_ /= total;
    if (!is_rare) corrected_[chosen] -= 1;
    scaled += (corrected_ * logits).sum();
    logits = corrected_;
    for (std::size_t i = 0; i < rare.size(); ++i) {
      const Real slope = std::exp(rare[i] - highest) / total - (is_rare && i == 0 ? Real(1) : Real(0));
      scaled += slope * rare[i];
      rare[i] = slope;
    }
    return highest + std::log(total) - positive;
  }

 private:
  template <typename Logits>
  void correct(std::size_t example, const Logits& logits) {
    corrected_ = logits - log_probabilities_;
    // Not the highest; what is left of it is taken out after the exponential.
    for (const std::uint32_t column : columns_.masked.of(example))
      corrected_[column] = std::numeric_limits<Real>::lowest();
    for (const std::uint32_t column : columns_.certain.of(example)) {
      if (column < sampled_) corrected_[column] = logits[column];
    }
  }

  const SoftmaxColumns& columns_;
  const std::size_t sampled_;
  const Eigen::Array<Real, Eigen::Dynamic, 1> log_probabilities_;
  Eigen::Array<Real, Eigen::Dynamic, 1> corrected_;
};

template <typename Real>
void add_rare(const ConstRows<Real>& users, const ConstRows<Real>& items, RareLogits<Real>& slopes, Real factor,
              SoftmaxGradient<Real>& gradient) {
  for (Eigen::Index row = 0; row < users.rows(); ++row) {
    const auto example = static_cast<std::size_t>(row);
    const std::span<const std::uint32_t> columns = slopes.columns.of(example);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Real slope = factor * slopes.of(example)[k];
      gradient.users.row(row) += slope * items.row(columns[k]);
      gradient.items.row(columns[k]) += slope * users.row(row);
    }
  }
}

}  // namespace

template <typename Real>
double sampled_softmax(const ConstRows<Real>& users, std::size_t first, const ConstRows<Real>& items,
                       const SoftmaxColumns& columns, Real scale, SoftmaxGradient<Real>& gradient) {
  const auto sampled = eigen_index(columns.log_probabilities.size());
  RowMatrix<Real> logits(users.rows(), sampled);
  multiply_by_transposed(users, items.topRows(sampled), logits);
  logits *= scale;
  RareLogits<Real> rare = rare_logits(users, first, items, columns, scale);

  SoftmaxRow<Real> softmax(columns);
  double loss = 0;
  Real scaled = 0;
  for (Eigen::Index row = 0; row < users.rows(); ++row) {
    const auto example = static_cast<std::size_t>(row);
    loss += static_cast<double>(
        softmax.differentiate(first + example, logits.row(row).transpose().array(), rare.of(example), scaled));
  }

  const Real factor = scale / static_cast<Real>(columns.examples());
  logits *= factor;
  gradient.users.resize(users.rows(), users.cols());
  gradient.items.setZero(items.rows(), items.cols());
  multiply(logits, items.topRows(sampled), gradient.users);
  multiply_transposed(logits, users, gradient.items.topRows(sampled));
  add_rare(users, items, rare, factor, gradient);
  gradient.log_scale = scaled / static_cast<Real>(columns.examples());
  return loss / static_cast<double>(columns.examples());
}

template double sampled_softmax(const ConstRows<float>&, std::size_t, const ConstRows<float>&, const SoftmaxColumns&,
                                float, SoftmaxGradient<float>&);
template double sampled_softmax(const ConstRows<double>&, std::size_t, const ConstRows<double>&, const SoftmaxColumns&,
                                double, SoftmaxGradient<double>&);

}  // namespace magpie

#include "kernels/denoising_autoencoder_network.h"

#include <cmath>
#include <numeric>

namespace magpie {
namespace {

template <typename Real>
auto rows_of(RowMatrix<Real>& matrix, const ShardRange& range) {
  return matrix.middleRows(eigen_index(range.first), eigen_index(range.count));
}

}  // namespace

template <typename Real>
double AutoencoderNetwork<Real>::differentiate(const AutoencoderWeights<Real>& weights, const AutoencoderBatch& batch,
                                               AutoencoderWeights<Real>& gradient) {
  const std::size_t users = batch.inputs.rows();
  hidden_.resize(eigen_index(users), eigen_index(weights.hidden));
  hidden_gradient_.resizeLike(hidden_);
  logits_.resize(eigen_index(users), eigen_index(weights.items));
  losses_.fill(0);
  team_.run([&](std::size_t shard) {
    const ShardRange range = shard_range(users, shard);
    forward(weights, batch.inputs, range, logits_);
    for (std::size_t i = 0; i < range.count; ++i) {
      losses_[shard] += differentiate_logits(batch.targets, range.first + i);
    }
    backward(weights, range);
  });
  team_.run([&](std::size_t shard) {
    sum_decoder(shard_range(weights.items, shard), gradient);
    sum_encoder(batch.inputs, shard_range(weights.hidden, shard), gradient);
  });
  return std::accumulate(losses_.begin(), losses_.end(), 0.0) / static_cast<double>(users);
}

template <typename Real>
void AutoencoderNetwork<Real>::scores(const AutoencoderWeights<Real>& weights, const SparseMatrix& inputs,
                                      RowMatrix<Real>& out) {
  hidden_.resize(eigen_index(inputs.rows()), eigen_index(weights.hidden));
  out.resize(eigen_index(inputs.rows()), eigen_index(weights.items));
  team_.run([&](std::size_t shard) { forward(weights, inputs, shard_range(inputs.rows(), shard), out); });
}

template <typename Real>
void AutoencoderNetwork<Real>::forward(const AutoencoderWeights<Real>& weights, const SparseMatrix& inputs,
                                       const ShardRange& users, RowMatrix<Real>& logits) {
  const auto encoder = weights.encoder();
  for (std::size_t user = users.first; user < users.first + users.count; ++user) {
    auto units = hidden_.row(eigen_index(user));
    units = weights.hidden_bias();
    const auto items = inputs.row_indices(user);
    const auto values = inputs.row_values(user);
    for (std::size_t i = 0; i < items.size(); ++i) units += static_cast<Real>(values[i]) * encoder.row(items[i]);
    units = units.array().tanh();
  }
  multiply_by_transposed(rows_of(hidden_, users), weights.decoder(), rows_of(logits, users));
  rows_of(logits, users).rowwise() += weights.item_bias();
}

// Replaces the user's logits by the derivative of the mean loss; the user's loss. With l the logit of an item: a target
// of weight w costs w ln(1 + e^-l), any other item unobserved_weight ln(1 + e^l).
template <typename Real>
double AutoencoderNetwork<Real>::differentiate_logits(const SparseMatrix& targets, std::size_t user) {
  const Real mean = Real{1} / static_cast<Real>(logits_.rows());
  auto logits = logits_.row(eigen_index(user)).array();
  const auto items = targets.row_indices(user);
  const auto weights = targets.row_values(user);
  Real of_targets = 0;
  // What the sum over all items, below, counts wrongly for targets; from the logits, which it overwrites.
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Real logit = logits(items[i]);
    const Real wrong = std::max(logit, Real{0}) + std::log1p(std::exp(-std::abs(logit)));
    of_targets += static_cast<Real>(weights[i]) * (wrong - logit) - unobserved_weight_ * wrong;
  }
  const Eigen::Array<Real, 1, Eigen::Dynamic> decay = (-logits.abs()).exp();
  const Real of_all = unobserved_weight_ * (logits.max(Real{0}) + (Real{1} + decay).log()).sum();
  logits = (unobserved_weight_ * mean) * (logits >= Real{0}).select(Real{1}, decay) / (Real{1} + decay);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Real probability = logits(items[i]) / (unobserved_weight_ * mean);
    logits(items[i]) = static_cast<Real>(weights[i]) * mean * (probability - 1);
  }
  return static_cast<double>(of_all) + static_cast<double>(of_targets);
}

template <typename Real>
void AutoencoderNetwork<Real>::backward(const AutoencoderWeights<Real>& weights, const ShardRange& users) {
  auto slopes = rows_of(hidden_gradient_, users);
  multiply(rows_of(logits_, users), weights.decoder(), slopes);
  slopes.array() *= Real{1} - rows_of(hidden_, users).array().square();
}

template <typename Real>
void AutoencoderNetwork<Real>::sum_decoder(const ShardRange& items, AutoencoderWeights<Real>& gradient) const {
  const auto slopes = logits_.middleCols(eigen_index(items.first), eigen_index(items.count));
  multiply_transposed(slopes, hidden_,
                      gradient.decoder().middleRows(eigen_index(items.first), eigen_index(items.count)));
  gradient.item_bias().segment(eigen_index(items.first), eigen_index(items.count)) = slopes.colwise().sum();
}

// Of some hidden units, so that no two shards write the same place.
template <typename Real>
void AutoencoderNetwork<Real>::sum_encoder(const SparseMatrix& inputs, const ShardRange& units,
                                           AutoencoderWeights<Real>& gradient) const {
  auto encoder = gradient.encoder().middleCols(eigen_index(units.first), eigen_index(units.count));
  const auto slopes = hidden_gradient_.middleCols(eigen_index(units.first), eigen_index(units.count));
  encoder.setZero();
  for (std::size_t user = 0; user < inputs.rows(); ++user) {
    const auto items = inputs.row_indices(user);
    const auto values = inputs.row_values(user);
    for (std::size_t i = 0; i < items.size(); ++i) {
      encoder.row(items[i]) += static_cast<Real>(values[i]) * slopes.row(eigen_index(user));
    }
  }
  gradient.hidden_bias().segment(eigen_index(units.first), eigen_index(units.count)) = slopes.colwise().sum();
}

template class AutoencoderNetwork<float>;
template class AutoencoderNetwork<double>;

}  // namespace magpie

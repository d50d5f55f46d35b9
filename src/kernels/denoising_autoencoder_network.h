// The network of kernels/denoising_autoencoder.h as it is trained: its weights, a batch of users, the gradient of the
// loss.
//
// In double precision too, so that the gradient can be checked. Deterministic, whatever the threads.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/random.h"
#include "kernels/shard_team.h"
#include "kernels/two_tower_gemm.h"
#include "model/matrix.h"

namespace magpie {

// All in one array, which is what an optimizer steps through.
template <typename Real>
struct AutoencoderWeights {
  std::size_t items = 0;
  std::size_t hidden = 0;
  std::vector<Real> values;  // encoder | decoder | hidden bias | item bias

  AutoencoderWeights() = default;
  AutoencoderWeights(std::size_t item_count, std::size_t hidden_units)
      : items(item_count), hidden(hidden_units), values((2 * item_count + 1) * hidden_units + item_count) {}

  // Each items x hidden.
  [[nodiscard]] auto encoder() { return rows_at(values.data(), 0); }
  [[nodiscard]] auto encoder() const { return rows_at(values.data(), 0); }
  [[nodiscard]] auto decoder() { return rows_at(values.data(), items); }
  [[nodiscard]] auto decoder() const { return rows_at(values.data(), items); }
  [[nodiscard]] auto hidden_bias() { return biases_at(values.data(), 2 * items * hidden, hidden); }
  [[nodiscard]] auto hidden_bias() const { return biases_at(values.data(), 2 * items * hidden, hidden); }
  [[nodiscard]] auto item_bias() { return biases_at(values.data(), (2 * items + 1) * hidden, items); }
  [[nodiscard]] auto item_bias() const { return biases_at(values.data(), (2 * items + 1) * hidden, items); }

 private:
  [[nodiscard]] auto rows_at(Real* from, std::size_t row) const {
    return Eigen::Map<RowMatrix<Real>>(from + row * hidden, eigen_index(items), eigen_index(hidden));
  }
  [[nodiscard]] auto rows_at(const Real* from, std::size_t row) const {
    return Eigen::Map<const RowMatrix<Real>>(from + row * hidden, eigen_index(items), eigen_index(hidden));
  }
  [[nodiscard]] static auto biases_at(Real* from, std::size_t offset, std::size_t size) {
    return Eigen::Map<Eigen::RowVectorX<Real>>(from + offset, eigen_index(size));
  }
  [[nodiscard]] static auto biases_at(const Real* from, std::size_t offset, std::size_t size) {
    return Eigen::Map<const Eigen::RowVectorX<Real>>(from + offset, eigen_index(size));
  }
};

// A row per user of the batch.
struct AutoencoderBatch {
  SparseMatrix inputs;   // What the encoder is shown.
  SparseMatrix targets;  // What the decoder should find; positive values are weights in the loss.
};

// Owns the memory of a forward and backward pass, which is used again from batch to batch. Not thread-safe.
template <typename Real>
class AutoencoderNetwork {
 public:
  // `unobserved_weight`: in the loss, of each item that is no target. The team must outlive the network.
  AutoencoderNetwork(double unobserved_weight, ShardTeam& team)
      : unobserved_weight_(static_cast<Real>(unobserved_weight)), team_(team) {}

  // The mean loss of the batch's users; its gradient is overwritten and has the shape of the weights.
  double differentiate(const AutoencoderWeights<Real>& weights, const AutoencoderBatch& batch,
                       AutoencoderWeights<Real>& gradient);

  // The logits of the inputs' users: a row each, a column per item.
  void scores(const AutoencoderWeights<Real>& weights, const SparseMatrix& inputs, RowMatrix<Real>& out);

 private:
  void forward(const AutoencoderWeights<Real>& weights, const SparseMatrix& inputs, const ShardRange& users,
               RowMatrix<Real>& logits);
  [[nodiscard]] double differentiate_logits(const SparseMatrix& targets, std::size_t user);
  void backward(const AutoencoderWeights<Real>& weights, const ShardRange& users);
  void sum_decoder(const ShardRange& items, AutoencoderWeights<Real>& gradient) const;
  void sum_encoder(const SparseMatrix& inputs, const ShardRange& units, AutoencoderWeights<Real>& gradient) const;

  const Real unobserved_weight_;
  ShardTeam& team_;
  RowMatrix<Real> hidden_;           // users x hidden units, after tanh
  RowMatrix<Real> logits_;           // users x items, then the loss's derivative by them
  RowMatrix<Real> hidden_gradient_;  // users x hidden units, before tanh
  std::array<double, ShardTeam::kShards> losses_{};
};

}  // namespace magpie

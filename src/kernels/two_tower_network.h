// The two-tower network as it is trained: its parameters, a batch of examples, and the gradient of the loss.
//
// P. Covington et al.: Deep Neural Networks for YouTube Recommendations, RecSys 2016; loss: kernels/sampled_softmax.h.
//   input of an item: its id's embedding | mean of its categories' embeddings | dense features (two_tower_inputs.h)
//   input of a user:  for each half-life the mean of the inputs of the items in the history | dense features
// so both towers share the embeddings. In double precision too, so that the gradient can be checked.
// Deterministic, whatever the threads.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/sampled_softmax.h"
#include "kernels/shard_team.h"
#include "kernels/two_tower_layers.h"
#include "model/matrix.h"

namespace magpie {

struct TwoTowerShape {
  std::size_t items = 0;
  std::size_t categories = 0;
  std::size_t id_dimensions = 0;
  std::size_t category_dimensions = 0;
  std::size_t item_features = 0;
  std::size_t half_lives = 0;
  std::size_t user_features = 0;
  std::size_t hidden = 0;
  std::size_t dimensions = 0;  // Of the vectors that the towers give.

  [[nodiscard]] std::size_t learned_inputs() const { return id_dimensions + category_dimensions; }
  [[nodiscard]] std::size_t item_inputs() const { return learned_inputs() + item_features; }
  [[nodiscard]] std::size_t user_inputs() const { return half_lives * item_inputs() + user_features; }
  // The row of item_embeddings that stands for an item whose id says nothing: one newer than the model.
  [[nodiscard]] std::uint32_t unknown_item() const { return static_cast<std::uint32_t>(items); }
};

template <typename Real>
struct TwoTowerParameters {
  TwoTowerShape shape;
  RowMatrix<Real> item_embeddings;      // (items + 1) x id_dimensions
  RowMatrix<Real> category_embeddings;  // categories x category_dimensions
  Tower<Real> item_tower;
  Tower<Real> user_tower;
  Real log_scale = 0;  // ln(1 / temperature)
};

template <typename Real>
[[nodiscard]] TwoTowerParameters<Real> initial_parameters(const TwoTowerShape& shape, double temperature,
                                                          Random& random);

// What is known of items, beside what is learned. A view.
struct TowerItems {
  const SparseMatrix& categories;  // append_categories() of each item.
  const Matrix& features;          // A row an item, scaled.
};

// The input of an item. `id_row`: the item's row, or unknown_item().
template <typename Real>
void item_input(const TwoTowerParameters<Real>& parameters, const TowerItems& items, std::uint32_t item,
                std::uint32_t id_row, std::span<Real> out);

// Histories of examples, as weights on items.
struct PooledHistories {
  std::vector<std::uint32_t> items;        // Distinct.
  std::vector<std::uint64_t> offsets{0};   // examples + 1, into entries.
  std::vector<std::uint32_t> entries;      // Into `items`.
  std::vector<float> weights;              // entries x half-lives: pooling_weights()
};

struct TwoTowerBatch {
  PooledHistories histories;
  RowMatrix<float> user_features;      // examples x user_features
  std::vector<std::uint32_t> columns;  // The item of each column of the softmax: distinct.
  std::vector<std::uint32_t> id_rows;  // Parallel: the item again, or unknown_item() where its id is hidden.
  SoftmaxColumns softmax;
};

// d loss / d parameters. Rows of embeddings that a batch does not touch have no gradient.
template <typename Real>
struct TwoTowerGradient {
  std::vector<std::uint32_t> item_rows;  // Distinct; those of item_embeddings that the rows below belong to.
  RowMatrix<Real> item_embeddings;
  std::vector<std::uint32_t> category_rows;
  RowMatrix<Real> category_embeddings;
  Tower<Real> item_tower;
  Tower<Real> user_tower;
  Real log_scale = 0;
};

// Owns the memory of a forward and backward pass, which is used again from batch to batch. Not thread-safe.
template <typename Real>
class TwoTowerNetwork {
 public:
  // What is referred to must outlive it.
  TwoTowerNetwork(const TowerItems& items, ShardTeam& team) : items_(items), team_(team) {}

  // The mean loss of the batch; its gradient is overwritten.
  double differentiate(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch,
                       TwoTowerGradient<Real>& gradient);

  // The vectors of the examples' users; columns are not looked at.
  void user_vectors(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, RowMatrix<Real>& out);

 private:
  // What a shard computes: of its examples, then of its columns.
  struct Shard {
    TowerActivations<Real> users;
    TowerActivations<Real> items;
    SoftmaxGradient<Real> softmax;
    Tower<Real> user_tower;
    Tower<Real> item_tower;
    double loss = 0;
  };

  void gather_histories(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, std::size_t shard);
  void pool(const TwoTowerShape& shape, const TwoTowerBatch& batch, std::size_t shard);
  void items_forward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, std::size_t shard);
  void users_forward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, std::size_t shard);
  void users_pass(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, std::size_t shard);
  void items_backward(const TwoTowerParameters<Real>& parameters, const TwoTowerBatch& batch, std::size_t shard);
  void unpool(const TwoTowerShape& shape, const TwoTowerBatch& batch, std::size_t shard);
  void order_entries_by_item(const PooledHistories& histories);
  void sum_towers(TwoTowerGradient<Real>& gradient, std::size_t shard) const;
  void sum_embeddings(const TwoTowerShape& shape, const TwoTowerBatch& batch, TwoTowerGradient<Real>& gradient);

  TowerItems items_;
  ShardTeam& team_;
  std::array<Shard, ShardTeam::kShards> shards_;
  RowMatrix<Real> column_inputs_;
  RowMatrix<Real> history_inputs_;
  RowMatrix<Real> user_inputs_;
  RowMatrix<Real> item_vectors_;
  RowMatrix<Real> column_inputs_gradient_;
  RowMatrix<Real> history_inputs_gradient_;
  RowMatrix<Real> user_inputs_gradient_;
  // Entries of histories by item, in the order of the examples.
  struct ItemEntry {
    std::uint32_t example = 0;
    std::uint32_t entry = 0;
  };
  std::vector<std::uint64_t> item_offsets_;  // history items + 1
  std::vector<ItemEntry> item_entries_;
  // Per row of embeddings 1 + its place in the gradient; 0 between batches.
  std::vector<std::uint32_t> item_slots_;
  std::vector<std::uint32_t> category_slots_;
};

}  // namespace magpie

// Hyperparameters of ALS in the benchmarks, ours and the peers'. What was searched was searched on validation splits
// made of train data, never on test data; als_parameters.cc says what was not.
#pragma once

#include "als_peer.h"
#include "kernels/als.h"
#include "model/matrix.h"

namespace magpie::bench {

// ALS of interactions weighted by degree: d_u^-user_exponent d_i^-item_exponent, by a constant so that their mean is 1.
struct WeightedAls {
  float user_exponent = 0;
  float item_exponent = 0;
  AlsParameters parameters;
};

[[nodiscard]] SparseMatrix weigh_by_degree(const SparseMatrix& interactions, float user_exponent, float item_exponent);
[[nodiscard]] AlsModel train_weighted_als(const SparseMatrix& interactions, const WeightedAls& how);

// The single ALS model of the gowalla benchmark (Recall@20 and NDCG@20).
[[nodiscard]] WeightedAls gowalla_single_als(unsigned threads);

enum class AlsDataSet { kGowalla, kSynthetic };

// For the time to the peer's best validation NDCG@20, with `factors` of 64 or 128.
[[nodiscard]] WeightedAls fast_als(AlsDataSet data, std::size_t factors, unsigned threads);
[[nodiscard]] PeerParameters implicit_parameters(AlsDataSet data, std::size_t factors, unsigned threads);
[[nodiscard]] PeerParameters spark_parameters(std::size_t factors, unsigned threads);

}  // namespace magpie::bench

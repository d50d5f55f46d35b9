// Item-kNN: the baseline that a recommender has to beat. For each item its nearest ones by cosine, shrunk where few
// users speak for it: S(i,j) = sum_u r_ui r_uj / (|r_i| |r_j| + shrinkage).
//
// Item-based collaborative filtering (B. Sarwar et al., WWW 2001) as M. Ferrari Dacrema, P. Cremonesi, D. Jannach use
// it: Are We Really Making Much Progress?, RecSys 2019. It knows no order, no time and no content.
// Pure, thread-safe, the same whatever the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/sparse_scores.h"
#include "model/matrix.h"

namespace magpie {

struct ItemKnnParameters {
  std::size_t neighbours = 100;  // Kept per item.
  float shrinkage = 10.0F;
  unsigned threads = 2;
};

// `interactions`: users x items, positive weights. A row per item: at most `neighbours` others of positive similarity,
// descending, ties by ascending item. Memory beyond the result: one float per item and thread.
[[nodiscard]] SparseMatrix item_knn(const SparseMatrix& interactions, const ItemKnnParameters& parameters);

// The score of every item near to what a user has: the sum of the similarities to these, by their weight.
// `items` and `weights` are parallel.
[[nodiscard]] SparseScores<float> item_knn_scores(const SparseMatrix& neighbours, std::span<const std::uint32_t> items,
                                                  std::span<const float> weights);

}  // namespace magpie

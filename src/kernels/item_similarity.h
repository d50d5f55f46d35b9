// Item-to-item similarity from the order in which users turned to items: for each item its nearest neighbours.
//
// C(i,j) = sum over users of exp(-d / decay), d = position of j - position of i, for j at most `window` after i;
// where j stands before i the term counts `backward` of that, and at equal positions the mean of both. Then
// S(i,j) = C(i,j) / ((n_i + shrinkage) sqrt(n_j + shrinkage)), n = number of users: what follows i often for
// its popularity. A directed, decayed form of item-based collaborative filtering (M. Deshpande, G. Karypis: Item-Based
// Top-N Recommendation Algorithms, TOIS 2004); directed, since what is next matters more than what was before.
// Parameters chosen on the validation split of MovieLens-100k.
#pragma once

#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace magpie {

struct ItemSimilarityParameters {
  std::size_t neighbours = 100;  // Kept per item.
  float shrinkage = 10.0F;
  float decay = 20.0F;     // In positions.
  float window = 50.0F;    // In positions.
  float backward = 0.25F;  // 0: only what comes after; 1: symmetric.
  unsigned threads = 2;
};

// Users' distinct items, oldest first. positions ascend within a user; equal times have equal positions.
struct ItemSequences {
  std::size_t items = 0;                  // Items are 0 to items - 1.
  std::vector<std::uint64_t> offsets{0};  // users + 1
  std::vector<std::uint32_t> sequence;
  std::vector<float> positions;  // Parallel to sequence.
};

// A row per item: at most `neighbours` of positive similarity, descending, ties by ascending item. The same whatever
// the number of threads. Memory beyond the result: one float per item and thread.
[[nodiscard]] SparseMatrix similar_items(const ItemSequences& sequences, const ItemSimilarityParameters& parameters);

}  // namespace magpie

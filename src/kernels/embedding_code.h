// Embedding code: an item's own dense vector as a sparse one of non-negative weights, so that it can stand among the
// terms of a text: in the same rows, the same sums over a profile and the same inverted index.
//
// The vector is scaled to unit length and the mean of the catalogue taken from it (what all items share says nothing of
// one: dense text vectors all point the same way); of the rest the kCodedCoordinates largest coordinates by magnitude
// are kept, each as the term of its dimension and its sign, and scaled to unit length. The inner product of two codes
// is nearly the cosine of the centred vectors; opposite signs count 0 instead of less. On MovieLens-100k with MiniLM
// vectors it ranks as well as the dense cosine (docs/evaluation.md). Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/sparse_vector.h"
#include "model/item.h"
#include "model/trained_model.h"

namespace magpie {

inline constexpr std::size_t kCodedCoordinates = 64;

// The mean of the embeddings, each of unit length, of the dimension that at least half of the items carry; empty where
// there is no such dimension: then embeddings are not looked at. Pointers must not be null.
[[nodiscard]] std::vector<float> mean_embedding(std::span<const Item* const> items);

// "embedding:0017+", "embedding:0017-": two for each dimension, ascending, and so the columns of a code.
[[nodiscard]] std::vector<std::string> embedding_terms(std::size_t dimensions);

// Columns are counted from `first`. Empty for an embedding of another dimension than the mean, and for one that is the
// mean.
[[nodiscard]] SparseVector embedding_code(std::span<const float> embedding, std::span<const float> mean,
                                          std::uint32_t first);

}  // namespace magpie

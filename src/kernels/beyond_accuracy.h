// What a ranking is worth beyond being right: how much of the catalogue it shows, how evenly, how little known the
// items are, and how different from one another. Pure and thread-safe.
//
// Novelty after S. Vargas, P. Castells: Rank and Relevance in Novelty and Diversity Metrics for Recommender Systems,
// RecSys 2011; diversity after C.-N. Ziegler et al.: Improving Recommendation Lists Through Topic Diversification,
// WWW 2005.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/matrix.h"

namespace magpie {

// How often each item is shown, over many lists.
class Exposure {
 public:
  explicit Exposure(std::size_t items) : counts_(items) {}

  // Precondition: rows are below `items`.
  void add(std::span<const std::uint32_t> shown);
  // Share of the items that were shown at least once; 0 where there are no items.
  [[nodiscard]] double coverage() const;
  // Gini coefficient of the counts: 0 where every item is shown equally often, near 1 where one has it all; 0 where
  // nothing was shown.
  [[nodiscard]] double gini() const;

 private:
  std::vector<std::uint64_t> counts_;
};

// Mean over the list of -log2 of the share of users who know the item, in bits; `users_of` says how many do. One more
// user is assumed for every item, so that an item nobody knows has a finite novelty. 0 for an empty list.
[[nodiscard]] double mean_self_information(std::span<const std::uint32_t> shown,
                                           std::span<const std::uint32_t> users_of, std::size_t users);

// 1 - mean cosine over all pairs of the list, from rows of unit length with ascending columns. Items without a vector
// say nothing and are left out; nothing where fewer than two have one.
[[nodiscard]] std::optional<double> intra_list_diversity(std::span<const std::uint32_t> shown,
                                                         const SparseMatrix& vectors);

}  // namespace magpie

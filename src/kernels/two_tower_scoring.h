// What a network in training says of users and all items: for finding hard negatives and for validation.
// Deterministic, whatever the threads.
#pragma once

#include <functional>
#include <span>

#include "kernels/two_tower_batch.h"

namespace magpie {

// A row of unit length for each item.
[[nodiscard]] RowMatrix<float> all_item_vectors(const TwoTowerParameters<float>& parameters, const TowerItems& items,
                                                ShardTeam& team);

// Scores of one example's user with each row of some item vectors; `example` is its place.
using OnScores = std::function<void(std::size_t example, std::span<const float> scores)>;

class TwoTowerScorer {
 public:
  // What is referred to must outlive it.
  TwoTowerScorer(const TowerItems& items, TwoTowerBatchMaker& maker, ShardTeam& team)
      : maker_(maker), team_(team), network_(items, team) {}

  // Calls `on_scores` once an example, on any thread, with each user's history before the example's target.
  void score(const TwoTowerParameters<float>& parameters, const ConstRows<float>& item_vectors,
             std::span<const TwoTowerExample> examples, const OnScores& on_scores);

 private:
  TwoTowerBatchMaker& maker_;
  ShardTeam& team_;
  TwoTowerNetwork<float> network_;
};

struct HardNegativeParameters {
  std::size_t per_user = 8;
  std::size_t pool = 20'000;  // Items that are looked at: all, or so many drawn at random.
};

// For each user the items nearest to the present vector of the history without the last `held_out` events, none of them
// in that history. What is held out may be among them: nothing is known of it. A user without history has none.
[[nodiscard]] IndexLists mine_hard_negatives(const TwoTowerData& data, const TwoTowerParameters<float>& parameters,
                                             const ConstRows<float>& item_vectors, std::size_t held_out,
                                             const HardNegativeParameters& mining, TwoTowerScorer& scorer,
                                             Random& random);

struct HeldOutMetrics {
  double hit_rate = 0;  // At 10.
  double ndcg = 0;
  std::size_t users = 0;
};

// The last event of at most `most_users` users, spread evenly over all, ranked among all items that the user has not.
[[nodiscard]] HeldOutMetrics evaluate_held_out(const TwoTowerData& data, const TwoTowerParameters<float>& parameters,
                                               const ConstRows<float>& item_vectors, std::size_t most_users,
                                               TwoTowerScorer& scorer);

}  // namespace magpie

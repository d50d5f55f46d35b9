// Examples for the two-tower network: an interaction, to be predicted from those before it and never from later ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "kernels/candidate_features.h"
#include "kernels/two_tower_network.h"
#include "model/matrix.h"

namespace magpie {

// What a two-tower network is trained on.
struct TwoTowerData {
  SparseMatrix item_categories;           // append_categories() of each item.
  Matrix item_features;                   // A row an item: tower_item_features(), not scaled.
  std::vector<std::uint64_t> offsets{0};  // users + 1, into events.
  std::vector<ProfileItem> events;        // A user's distinct items, oldest first; ages as taste_profile() has them.

  [[nodiscard]] std::size_t users() const { return offsets.size() - 1; }
  [[nodiscard]] std::size_t items() const { return item_features.rows; }
  [[nodiscard]] std::span<const ProfileItem> of(std::size_t user) const {
    return std::span(events).subspan(offsets[user], offsets[user + 1] - offsets[user]);
  }
};

// The user's event at `target` is predicted from those before it; the user's number of events: nothing is predicted.
struct TwoTowerExample {
  std::uint32_t user = 0;
  std::uint32_t target = 0;
  friend bool operator==(const TwoTowerExample&, const TwoTowerExample&) = default;
};

// Which interactions are targets.
struct ExampleSampling {
  std::size_t held_out = 0;      // The last events of each user that are none.
  std::size_t per_user = 200;    // Most of one user in an epoch, drawn anew each time.
  std::size_t per_epoch = 1'000'000;  // Most of all users.
};
// In random order.
[[nodiscard]] std::vector<TwoTowerExample> sample_examples(const TwoTowerData& data, const ExampleSampling& sampling,
                                                           Random& random);
// The probability that a sampled example has this target, per item; sums to 1, or is all 0.
[[nodiscard]] std::vector<double> target_shares(const TwoTowerData& data, const ExampleSampling& sampling);

// The newest `most` of the first `count` events, newest first, with the ages that they had when nothing followed them.
void profile_before(std::span<const ProfileItem> events, std::size_t count, std::size_t most,
                    std::vector<ProfileItem>& out);

struct BatchParameters {
  std::vector<float> half_lives;
  std::size_t history_items = 0;   // Newest items of a history that are looked at.
  double history_dropout = 0;      // Of leaving one of them out.
  double unknown_probability = 0;  // Of hiding an item's id in a column, so that unknown_item() is learned.
  std::size_t held_out = 0;        // The last events of each user, of which nothing is known.
};

// Not thread-safe: owns scratch memory of an entry an item.
class TwoTowerBatchMaker {
 public:
  // What is referred to must outlive it. `target_shares`: what log_probabilities follow from.
  TwoTowerBatchMaker(const TwoTowerData& data, const BatchParameters& parameters, std::vector<double> target_shares);

  // `hard_negatives`: a list a user, or none at all; distinct, and no item that the user's examples predict or know.
  [[nodiscard]] TwoTowerBatch make(std::span<const TwoTowerExample> examples, const IndexLists& hard_negatives,
                                   Random& random);
  // Histories, with nothing left out, and user features alone.
  [[nodiscard]] TwoTowerBatch make_histories(std::span<const TwoTowerExample> examples);

 private:
  [[nodiscard]] std::uint32_t column_of(std::uint32_t item, TwoTowerBatch& batch);
  void add_columns(std::span<const TwoTowerExample> examples, const IndexLists& hard_negatives, TwoTowerBatch& batch);
  void add_masks(std::span<const TwoTowerExample> examples, TwoTowerBatch& batch) const;
  void add_histories(std::span<const TwoTowerExample> examples, TwoTowerBatch& batch, Random* dropout);
  void add_history(const TwoTowerExample& example, TwoTowerBatch& batch, Random* dropout);
  void hide_ids(TwoTowerBatch& batch, Random& random) const;

  const TwoTowerData& data_;
  BatchParameters parameters_;
  std::vector<double> target_shares_;
  std::vector<std::uint32_t> columns_;  // Per item 1 + its column; 0 between batches.
  std::vector<std::uint32_t> places_;   // The same for its place in histories.items.
  std::vector<ProfileItem> profile_;
  std::vector<float> weights_;
};

}  // namespace magpie

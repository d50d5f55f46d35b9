// Held-out ranking: how well one source of candidates, on its own, predicts each user's last item, against all items
// that they do not know. Pure, thread-safe, the same whatever the number of threads.
#pragma once

#include <cstddef>
#include <vector>

#include "batch/interactions.h"
#include "batch/ranker_training.h"
#include "model/matrix.h"
#include "model/trained_model.h"

namespace magpie::batch {

// Of one holdout, for any number of models; it must outlive this.
class HeldOutRanking {
 public:
  // At most 5,000 held-out users count, spread evenly over all.
  HeldOutRanking(const Interactions& interactions, const HoldoutSplit& split, unsigned threads);

  // Mean NDCG@10 of a ranking by the products of factors (a row per history, a row per item);
  [[nodiscard]] double factors_ndcg(const Matrix& user_factors, const Matrix& item_factors) const;
  // by item-to-item, as serving orders its candidates (ItemToItemScore::candidate); `neighbours`: a row per item;
  [[nodiscard]] double item_to_item_ndcg(SparseMatrix neighbours) const;
  // by an item graph (ProfileSignals::item_graph); a row per item.
  [[nodiscard]] double item_graph_ndcg(SparseMatrix graph) const;

 private:
  // `score(holdout)`: scored rows in any order, known ones included.
  template <typename Score>
  [[nodiscard]] double mean_ndcg(const Score& score) const;
  // `model`: with one of its two item-to-item matrices empty.
  [[nodiscard]] double signals_ndcg(TrainedModel& model) const;

  const Interactions& interactions_;
  const HoldoutSplit& split_;
  std::vector<Holdout> holdouts_;
  unsigned threads_;
};

}  // namespace magpie::batch

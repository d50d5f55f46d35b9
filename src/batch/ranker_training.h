// Ranker training: learns to order candidates by predicting each user's last item with models that have not seen it.
#pragma once

#include <map>
#include <string>

#include "base/status.h"
#include "batch/base_models.h"
#include "batch/interactions.h"
#include "batch/train_settings.h"
#include "ports/vector_index.h"

namespace magpie::batch {

// What does not change with the interactions that are held out.
struct ItemContent {
  ContentModel model;
  SparseMatrix categories;  // append_categories() of each item.
};

struct RankerTraining {
  RankerModel model;
  // Of the users whose last item was held out: "holdout_hr@10", "holdout_ndcg@10", "holdout_mrr@10" of the fitted
  // ranker, "holdout_candidate_recall" (how often the last item was a candidate), "holdout_users".
  std::map<std::string, double> metrics;
};

// `done(fraction)` may be empty.
[[nodiscard]] Result<RankerTraining> train_ranker(const Interactions& interactions, const ItemContent& content,
                                                  const VectorIndexFactory& indexes, const TrainSettings& settings,
                                                  const std::function<void(double)>& done);

}  // namespace magpie::batch

// Ranker training: learns to order candidates by predicting each user's last item with models that have not seen it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/base_models.h"
#include "batch/interactions.h"
#include "batch/item_content.h"
#include "batch/train_settings.h"
#include "kernels/two_tower.h"
#include "ports/vector_index.h"

namespace magpie::batch {

struct RankerTraining {
  RankerModel model;
  // Of the users whose last item was held out: "holdout_hr@10", "holdout_ndcg@10", "holdout_mrr@10" of the fitted
  // ranker, "holdout_candidate_recall" (how often the last item was a candidate), "holdout_users".
  std::map<std::string, double> metrics;
  std::vector<RankerExample> examples;  // What it was fitted on, one a held-out user.
};

// A user whose last liked item is held out.
struct Holdout {
  std::size_t user = 0;
  std::uint32_t row = 0;
};

// All histories, without the held-out item where there is one. Views into the interactions.
struct HoldoutSplit {
  std::vector<UserHistory> histories;
  std::vector<Holdout> holdouts;
};
[[nodiscard]] HoldoutSplit hold_out_last(const Interactions& interactions);

// `base` and `two_tower` are of split.histories; null: there is no such network.
[[nodiscard]] Result<RankerTraining> fit_on_holdout(HoldoutSplit split, const BaseModels& base,
                                                    const TwoTowerModel* two_tower, const Interactions& interactions,
                                                    const ItemContent& content, const VectorIndexFactory& indexes,
                                                    const TrainSettings& settings);

}  // namespace magpie::batch

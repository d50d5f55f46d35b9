// Model search: the parameters with which each source of candidates, on its own, predicts held-out items best.
//
// A source is trained without each user's last item and measured by how it ranks that one (batch/held_out_ranking.h).
// Searched are ALS (regularization, alpha, frequency exponent), item-to-item (decay, window, backward, shrinkage), and
// the linear autoencoder's regularization where it may be used (batch/item_graph.h). What sets the cost of a model, its
// factors and neighbours, is left as it is. Each search starts from the parameters in force, so none gets worse on the
// holdout. The ranker learns from the same held-out items: its holdout metrics are a little too good where the search
// has tried much; `magpie evaluate` is the judge.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "batch/interactions.h"
#include "batch/ranker_training.h"
#include "batch/train_settings.h"

namespace magpie::batch {

struct ModelSearchPlace {
  std::filesystem::path trials;  // A directory, for a file a source: a search that was interrupted goes on from there,
  std::string context;  // as long as this is the same: what names the interactions and the settings.
  std::function<Status()> check;  // Asked before each trial; an error of it ends the search and is returned.
};

struct ModelSearch {
  TrainSettings settings;  // As given, with the parameters that were found.
  // Of each source, "als", "item_to_item" and "linear_autoencoder": "search.SOURCE.trials", and mean NDCG@10 of the
  // parameters in force and of the best: "search.SOURCE.start_ndcg@10", "search.SOURCE.ndcg@10".
  std::map<std::string, double> metrics;
};

// Spends settings.search.budget, an equal part on each source. Where that is zero, or no item can be held out: the
// settings as they are. `split`: of `interactions`. Errors: those of `check`, base/file.h and kernels.
[[nodiscard]] Result<ModelSearch> search_models(const Interactions& interactions, const HoldoutSplit& split,
                                                const TrainSettings& settings, const Clock& clock,
                                                const ModelSearchPlace& place);

}  // namespace magpie::batch

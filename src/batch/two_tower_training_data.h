// Two-tower training data: interactions and catalogue as the two-tower network learns from them.
// Pure and thread-safe; deterministic whatever the number of threads.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "batch/base_models.h"
#include "kernels/two_tower_training.h"
#include "model/catalogue.h"

namespace magpie::batch {

// A view: what it refers to must outlive it.
struct TwoTowerInput {
  std::span<const ItemId> items;           // A row each.
  std::span<const UserHistory> histories;  // full_histories()
  const SparseMatrix& categories;          // append_categories() of each item.
  const CatalogueSnapshot& catalogue;
  Timestamp newest;                        // End of the window.
};

// Facts of each item: strength of the interactions without the last `held_out` of each user; age since the catalogue
// has it or since its first interaction, whichever is longer ago; price. An item that is not in the catalogue any more
// has what the histories say.
[[nodiscard]] std::vector<ItemFacts> two_tower_item_facts(const TwoTowerInput& input, std::size_t held_out);

[[nodiscard]] TwoTowerData two_tower_training_data(const TwoTowerInput& input, std::span<const ItemFacts> facts);

// With parameters.validate the last item of each user is held out: no target, no popularity, and what the epochs are
// measured by. That model is what a ranker may be fitted on with those items. `done(fraction)` and `stop` may be empty;
// where `stop` says so, training ends early, and what is returned is of no use.
[[nodiscard]] TwoTowerTraining train_two_tower_task(const TwoTowerInput& input,
                                                    const TwoTowerTrainingParameters& parameters,
                                                    const std::function<void(double)>& done,
                                                    const std::function<bool()>& stop = {});

// Both that a training needs: first the held-out one, then one on everything that takes as many epochs as were best.
struct TwoTowerModels {
  TwoTowerTraining holdout;
  TwoTowerTraining full;
};
[[nodiscard]] TwoTowerModels train_two_tower_models(const TwoTowerInput& input,
                                                    const TwoTowerTrainingParameters& parameters,
                                                    const std::function<void(double)>& done,
                                                    const std::function<bool()>& stop = {});

}  // namespace magpie::batch

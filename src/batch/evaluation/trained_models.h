// All that a training yields, in memory: as the daily run trains it, but nothing is published.
//
// The only file of the evaluation that knows how a training goes. Deterministic; one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/status.h"
#include "batch/base_models.h"
#include "batch/interactions.h"
#include "batch/item_content.h"
#include "batch/ranker_training.h"
#include "batch/train_settings.h"
#include "kernels/two_tower.h"
#include "model/catalogue.h"
#include "ports/vector_index.h"

namespace magpie::batch {

struct TrainedModels {
  ItemContent content;
  BaseModels base;  // A row of user factors for each user of `train`.
  RankerTraining ranker;
  std::unique_ptr<VectorIndex> index;
  std::optional<TwoTowerModel> two_tower;
  std::unique_ptr<VectorIndex> two_tower_index;  // nullptr: there is no such network.
};

enum class WithTwoTower : bool { kNo, kYes };

// `done(fraction)` may be empty. Errors: those of the indexes.
[[nodiscard]] Result<TrainedModels> train_models(const Interactions& train, const CatalogueSnapshot& catalogue,
                                                 const VectorIndexFactory& indexes, TrainSettings settings,
                                                 WithTwoTower with_two_tower, const std::function<void(double)>& done);

}  // namespace magpie::batch

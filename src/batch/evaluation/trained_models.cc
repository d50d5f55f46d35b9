#include "batch/evaluation/trained_models.h"

#include <utility>

#include "batch/item_graph.h"
#include "batch/two_tower_training_data.h"

namespace magpie::batch {
namespace {

// Where each part ends, of the time that all take; for the progress only.
constexpr double kHoldoutEnd = 0.15;
constexpr double kTwoTowerEnd = 0.8;

std::function<void(double)> between(const std::function<void(double)>& done, double from, double to) {
  return [&done, from, to](double fraction) {
    if (done) done(from + fraction * (to - from));
  };
}

// The network for the ranker's holdout, and the one that is kept.
struct TwoTowers {
  std::optional<TwoTowerModel> holdout;
  std::optional<TwoTowerModel> full;

  [[nodiscard]] const TwoTowerModel* of_holdout() const { return holdout ? &*holdout : nullptr; }
};

TwoTowers train_two_towers(const Interactions& train, std::span<const UserHistory> histories,
                           const SparseMatrix& categories, const CatalogueSnapshot& catalogue,
                           const TrainSettings& settings, const std::function<void(double)>& done) {
  TwoTowerTrainingParameters parameters = settings.two_tower;
  parameters.seed = settings.seed;
  TwoTowerModels models =
      train_two_tower_models({train.items, histories, categories, catalogue, train.newest}, parameters, done);
  return {std::move(models.holdout.model), std::move(models.full.model)};
}

}  // namespace

Result<TrainedModels> train_models(const Interactions& train, const CatalogueSnapshot& catalogue,
                                   const VectorIndexFactory& indexes, TrainSettings settings,
                                   WithTwoTower with_two_tower, const std::function<void(double)>& done) {
  TrainedModels models;
  models.content = read_item_content(train.items, catalogue, settings.content_language);
  HoldoutSplit split = hold_out_last(train);
  MAGPIE_ASSIGN_OR_RETURN(auto graph, choose_item_graph(train, split, settings.item_graph));
  settings.item_graph.method = graph.method;
  MAGPIE_ASSIGN_OR_RETURN(const auto holdout, train_base_models(train.items, split.histories, train.newest, settings,
                                                                between(done, 0, kHoldoutEnd), std::move(graph.graph)));
  const auto histories = full_histories(train);
  TwoTowers towers;
  if (with_two_tower == WithTwoTower::kYes) {
    towers = train_two_towers(train, histories, models.content.categories, catalogue, settings,
                              between(done, kHoldoutEnd, kTwoTowerEnd));
  }
  MAGPIE_ASSIGN_OR_RETURN(models.ranker, fit_on_holdout(std::move(split), holdout, towers.of_holdout(), train,
                                                        models.content, indexes, settings));
  MAGPIE_ASSIGN_OR_RETURN(
      models.base, train_base_models(train.items, histories, train.newest, settings, between(done, kTwoTowerEnd, 1)));
  MAGPIE_ASSIGN_OR_RETURN(models.index, indexes.build(models.base.model.item_factors));
  models.two_tower = std::move(towers.full);
  if (models.two_tower) {
    MAGPIE_ASSIGN_OR_RETURN(models.two_tower_index, indexes.build(models.two_tower->item_vectors));
  }
  return models;
}

}  // namespace magpie::batch

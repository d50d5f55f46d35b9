#include "batch/trainer.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch/base_models.h"
#include "batch/batch_features.h"
#include "batch/interactions.h"
#include "batch/ranker_training.h"
#include "kernels/tfidf.h"
#include "model/user_state.h"

namespace magpie::batch {
namespace {

// The share of the whole training that one stage takes, to turn its own fraction into one of the whole.
class Stage {
 public:
  Stage(const ReportProgress& report, std::string name, double from, double to)
      : report_(report), name_(std::move(name)), from_(from), to_(to) {
    operator()(0);
  }
  void operator()(double fraction) const {
    if (report_) report_({name_, from_ + fraction * (to_ - from_)});
  }

 private:
  const ReportProgress& report_;
  std::string name_;
  double from_;
  double to_;
};

// Events may be ahead of the clock by the skew that the edge allows.
TimeWindow window_of(const TrainSettings& settings, Timestamp now) {
  return {now - settings.window, now + kMaxClockSkew + Duration(1)};
}

Status check_amount(const Interactions& interactions, const TrainSettings& settings) {
  if (interactions.events >= settings.minimum_interactions && interactions.events > 0) return {};
  return failed_precondition("too little to train on: " + std::to_string(interactions.events) +
                             " interactions in the window, " + std::to_string(settings.minimum_interactions) +
                             " needed");
}

// An item that is not in the catalogue any more has no content.
ItemContent read_content(const std::vector<ItemId>& ids, const CatalogueSnapshot& catalogue) {
  const CatalogueItem gone;
  std::vector<const Item*> items;
  ItemContent content;
  content.categories.columns = catalogue.category_names().size();
  for (const ItemId& id : ids) {
    const std::optional<ItemIndex> index = catalogue.find(id);
    const CatalogueItem* found = index ? catalogue.at(*index) : nullptr;
    if (found == nullptr) found = &gone;
    items.push_back(&found->item);
    append_categories(content.categories, found->categories);
  }
  content.model = fit_content(items);
  return content;
}

std::map<std::string, std::string> describe(const TrainSettings& settings, const VectorIndexFactory& indexes) {
  const AlsParameters& als = settings.als;
  const ItemSimilarityParameters& similarity = settings.item_to_item;
  return {{"als.factors", std::to_string(als.factors)},
          {"als.iterations", std::to_string(als.iterations)},
          {"als.regularization", std::to_string(als.regularization)},
          {"als.alpha", std::to_string(als.alpha)},
          {"als.frequency_exponent", std::to_string(als.frequency_exponent)},
          {"item_to_item.neighbours", std::to_string(similarity.neighbours)},
          {"item_to_item.shrinkage", std::to_string(similarity.shrinkage)},
          {"item_to_item.decay", std::to_string(similarity.decay)},
          {"item_to_item.window", std::to_string(similarity.window)},
          {"item_to_item.backward", std::to_string(similarity.backward)},
          {"ranker.l2", std::to_string(settings.ranker.l2)},
          {"seed", std::to_string(settings.seed)},
          {"index", indexes.describe()}};
}

ModelInfo model_info(const TrainDependencies& dependencies, const TrainSettings& settings,
                     const Interactions& interactions, TimeWindow window, std::map<std::string, double> metrics) {
  ModelInfo info;
  info.created_at = dependencies.clock.now();
  info.window_start = window.start;
  info.window_end = interactions.newest + Duration(1);
  info.events = interactions.events;
  info.users = interactions.users.size();
  info.items = interactions.items.size();
  info.metrics = std::move(metrics);
  info.parameters = describe(settings, dependencies.indexes);
  return info;
}

Result<ModelArtifacts> artifacts_of(const TrainedModel& model, const VectorIndexFactory& indexes) {
  MAGPIE_ASSIGN_OR_RETURN(const auto index, indexes.build(model.item_factors));
  MAGPIE_ASSIGN_OR_RETURN(auto bytes, index->serialize());
  ModelArtifacts artifacts = encode_model(model);
  artifacts.emplace(kIndexArtifact, std::move(bytes));
  return artifacts;
}

}  // namespace

Result<ModelInfo> train_and_publish(const TrainDependencies& dependencies, const TrainSettings& settings,
                                    const ReportProgress& progress) {
  const TimeWindow window = window_of(settings, dependencies.clock.now());
  const Stage reading(progress, "read history", 0, 0.1);
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, read_interactions(dependencies.history, window, dependencies.types));
  MAGPIE_RETURN_IF_ERROR(check_amount(interactions, settings));

  const Stage reading_items(progress, "content", 0.1, 0.15);
  const auto catalogue = dependencies.catalogue.snapshot();
  ItemContent content = read_content(interactions.items, *catalogue);

  const Stage ranking(progress, "ranker", 0.15, 0.5);
  MAGPIE_ASSIGN_OR_RETURN(auto ranker, train_ranker(interactions, content, dependencies.indexes, settings, ranking));

  const Stage training(progress, "als", 0.5, 0.85);
  BaseModels base =
      train_base_models(interactions.items, full_histories(interactions), interactions.newest, settings, training);
  base.model.content = std::move(content.model);
  base.model.ranker = ranker.model;

  const Stage publishing(progress, "publish", 0.85, 0.9);
  ModelInfo info = model_info(dependencies, settings, interactions, window, std::move(ranker.metrics));
  MAGPIE_ASSIGN_OR_RETURN(const auto artifacts, artifacts_of(base.model, dependencies.indexes));
  MAGPIE_ASSIGN_OR_RETURN(info.version, dependencies.models.publish(info, artifacts));

  const Stage loading(progress, "load features", 0.9, 1);
  const BatchFeaturesInput input{interactions, base,           content.categories, catalogue->category_names(),
                                 info.version, info.window_end};
  MAGPIE_RETURN_IF_ERROR(load_batch_features(input, dependencies.features, loading));
  MAGPIE_RETURN_IF_ERROR(dependencies.models.promote(info.version));
  loading(1);
  return info;
}

}  // namespace magpie::batch

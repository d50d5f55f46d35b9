#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"
#include "batch/base_models.h"
#include "batch/batch_features.h"
#include "batch/daily_tasks.h"
#include "batch/interactions.h"
#include "batch/item_content.h"
#include "batch/item_graph.h"
#include "batch/model_search.h"
#include "batch/pipeline/task_output.h"
#include "batch/ranker_training.h"
#include "batch/response_training.h"
#include "batch/training_files.h"
#include "batch/two_tower_training_data.h"

namespace magpie::batch {
namespace {

using pipeline::TaskContext;

Result<Interactions> input_interactions(const TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto merged, task.input(kMergeFeaturesTask));
  return load_interactions(merged / kInteractionsFile);
}

// A catalogue of its own, as it was when the events were read.
Result<std::shared_ptr<const CatalogueSnapshot>> input_catalogue(const TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto raw, task.input(kReadTask));
  MAGPIE_ASSIGN_OR_RETURN(auto items, load_items(raw / kCatalogueFile));
  return CatalogueSnapshot().with(std::move(items), {});
}

std::map<std::string, std::string> describe(const TrainSettings& settings, const VectorIndexFactory& indexes) {
  const AlsParameters& als = settings.als;
  const ItemSimilarityParameters& similarity = settings.item_to_item;
  const ItemGraphSettings& graph = settings.item_graph;
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
          {"item_graph.method", std::string(to_string(graph.method))},
          {"item_graph.neighbours", std::to_string(graph.neighbours)},
          {"item_graph.largest_closed_form", std::to_string(graph.largest_closed_form)},
          {"item_graph.linear_autoencoder.regularization", std::to_string(graph.linear.regularization)},
          {"item_graph.linear_autoencoder.user_exponent", std::to_string(graph.linear.user_exponent)},
          {"item_graph.linear_autoencoder.item_exponent", std::to_string(graph.linear.item_exponent)},
          {"item_graph.linear_autoencoder.diagonal_exponent", std::to_string(graph.linear.diagonal_exponent)},
          {"item_graph.linear_autoencoder.popularity_exponent", std::to_string(graph.linear.popularity_exponent)},
          {"item_graph.graph_filter.user_exponent", std::to_string(graph.filter.user_exponent)},
          {"item_graph.graph_filter.item_exponent", std::to_string(graph.filter.item_exponent)},
          {"item_graph.graph_filter.popularity_exponent", std::to_string(graph.filter.popularity_exponent)},
          {"item_graph.graph_filter.rank", std::to_string(graph.filter.rank)},
          {"item_graph.graph_filter.low_pass_weight", std::to_string(graph.filter.low_pass_weight)},
          {"ranker.l2", std::to_string(settings.ranker.l2)},
          {"seed", std::to_string(settings.seed)},
          {"index", indexes.describe()}};
}

ModelInfo model_info(const pipeline::RunPlan& plan, const Interactions& interactions,
                     std::map<std::string, double> metrics, std::map<std::string, std::string> parameters) {
  ModelInfo info;
  info.created_at = plan.created_at;
  info.window_start = plan.window.start;
  info.window_end = interactions.newest + Duration(1);
  info.events = interactions.events;
  info.users = interactions.users.size();
  info.items = interactions.items.size();
  info.metrics = std::move(metrics);
  info.parameters = std::move(parameters);
  return info;
}

Result<ModelArtifacts> artifacts_of(const TrainedModel& model, const VectorIndexFactory& indexes) {
  MAGPIE_ASSIGN_OR_RETURN(const auto index, indexes.build(model.item_factors));
  MAGPIE_ASSIGN_OR_RETURN(auto bytes, index->serialize());
  ModelArtifacts artifacts = encode_model(model);
  artifacts.emplace(kIndexArtifact, std::move(bytes));
  return artifacts;
}

// Nothing where the run has left the network out.
Result<std::optional<TwoTowerModel>> input_two_tower(const TaskContext& task, const char* file) {
  MAGPIE_ASSIGN_OR_RETURN(const auto trained, task.input(kTrainTwoTowerTask));
  const auto bytes = read_file(trained / file);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::kNotFound) return std::optional<TwoTowerModel>();
  MAGPIE_RETURN_IF_ERROR(bytes.status());
  MAGPIE_ASSIGN_OR_RETURN(auto model, decode_two_tower(*bytes));
  return std::optional(std::move(model));
}

// The network goes with the version where there is one.
Status add_two_tower(const TaskContext& task, const VectorIndexFactory& indexes, ModelArtifacts& artifacts) {
  MAGPIE_ASSIGN_OR_RETURN(const auto model, input_two_tower(task, kTwoTowerFile));
  if (!model) return {};
  MAGPIE_ASSIGN_OR_RETURN(const auto index, indexes.build(model->item_vectors));
  MAGPIE_ASSIGN_OR_RETURN(artifacts[kTwoTowerIndexArtifact], index->serialize());
  artifacts[kTwoTowerFile] = encode_two_tower(*model);
  return {};
}

// The heads that predict clicks and purchases; left out where somebody waits for the model.
Status add_response_heads(const DailyDependencies& dependencies, const TaskContext& task, const RankerTraining& ranker,
                          ModelArtifacts& artifacts, std::map<std::string, double>& metrics) {
  if (task.plan().rollout == pipeline::Rollout::kImmediate) return {};
  MAGPIE_ASSIGN_OR_RETURN(const auto merged, task.input(kMergeFeaturesTask));
  const ResponseTrainingSettings settings;
  MAGPIE_ASSIGN_OR_RETURN(const auto logged, read_logged_responses(dependencies.analytics, merged / kTrainingExamples,
                                                                   settings.most_examples));
  const ResponseModel heads = fit_response_heads(logged, ranker.examples, settings);
  metrics.merge(response_metrics(heads));
  artifacts[kResponseArtifact] = encode_response_model(heads);
  return {};
}

Result<RankerTraining> train_ranker_from(const TaskContext& task, const Interactions& interactions,
                                         const ItemContent& content, const VectorIndexFactory& indexes,
                                         const TrainSettings& settings) {
  MAGPIE_ASSIGN_OR_RETURN(const auto trained, task.input(kTrainCollaborativeTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto base, load_base_models(trained / kHoldoutModels));
  MAGPIE_ASSIGN_OR_RETURN(const auto two_tower, input_two_tower(task, kTwoTowerHoldoutFile));
  return fit_on_holdout(hold_out_last(interactions), base, two_tower ? &*two_tower : nullptr, interactions, content,
                        indexes, settings);
}

// Progress between two points of the task.
std::function<void(double)> between(TaskContext& task, double from, double to) {
  return [&task, from, to](double fraction) { task.progress(from + fraction * (to - from)); };
}

Status train_and_save(const Interactions& interactions, const std::vector<UserHistory>& histories,
                      const TrainSettings& settings, const std::filesystem::path& to,
                      const std::function<void(double)>& done, std::optional<SparseMatrix> item_graph = std::nullopt) {
  MAGPIE_ASSIGN_OR_RETURN(const auto models, train_base_models(interactions.items, histories, interactions.newest,
                                                               settings, done, std::move(item_graph)));
  return save_base_models(models, to);
}

// Before the models are trained; left out where somebody waits for them.
Result<ModelSearch> search_parameters_of(const DailyDependencies& dependencies, TaskContext& task,
                                         const Interactions& interactions, const HoldoutSplit& held,
                                         const TrainSettings& settings) {
  if (task.plan().rollout == pipeline::Rollout::kImmediate) return ModelSearch{settings, {}};
  MAGPIE_ASSIGN_OR_RETURN(const auto merged, task.input(kMergeFeaturesTask));
  MAGPIE_ASSIGN_OR_RETURN(auto checksum, pipeline::output_checksum(merged));
  return search_models(interactions, held, settings, dependencies.clock,
                       {task.kept(), std::move(checksum), [&task] { return task.check(); }});
}

// `searched`: with the method of `graph` in its settings.
TrainingChoices choices_of(const ModelSearch& searched, const ItemGraphChoice& graph,
                           const VectorIndexFactory& indexes) {
  TrainingChoices choices{describe(searched.settings, indexes), searched.metrics};
  for (const auto& [method, ndcg] : graph.ndcg) {
    choices.metrics["validation_ndcg@10." + std::string(to_string(method))] = ndcg;
  }
  return choices;
}

}  // namespace

Status train_collaborative(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, input_interactions(task));
  task.log().info("without each user's last item");
  const HoldoutSplit held = hold_out_last(interactions);
  MAGPIE_ASSIGN_OR_RETURN(auto searched, search_parameters_of(dependencies, task, interactions, held, settings.train));
  TrainSettings& train = searched.settings;
  MAGPIE_ASSIGN_OR_RETURN(auto graph, choose_item_graph(interactions, held, train.item_graph));
  MAGPIE_RETURN_IF_ERROR(task.check());
  train.item_graph.method = graph.method;
  MAGPIE_RETURN_IF_ERROR(save_choices(choices_of(searched, graph, dependencies.indexes), task.output() / kChoicesFile));
  MAGPIE_RETURN_IF_ERROR(train_and_save(interactions, held.histories, train, task.output() / kHoldoutModels,
                                        between(task, 0, 0.5), std::move(graph.graph)));
  MAGPIE_RETURN_IF_ERROR(task.check());
  task.log().info("on everything", {{"item_graph", to_string(graph.method)}});
  return train_and_save(interactions, full_histories(interactions), train, task.output() / kFullModels,
                        between(task, 0.5, 1));
}

Status train_two_tower(const DailyDependencies& dependencies, TaskContext& task) {
  if (task.plan().rollout == pipeline::Rollout::kImmediate) {
    task.log().info("left out: the run is to be done soon");
    return {};
  }
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, input_interactions(task));
  MAGPIE_ASSIGN_OR_RETURN(const auto catalogue, input_catalogue(task));
  const ItemContent content = read_item_content(interactions.items, *catalogue, settings.train.content_language);
  const auto histories = full_histories(interactions);
  const TwoTowerInput input{interactions.items, histories, content.categories, *catalogue, interactions.newest};
  TwoTowerTrainingParameters parameters = settings.train.two_tower;
  parameters.seed = settings.train.seed;
  const TwoTowerModels models =
      train_two_tower_models(input, parameters, between(task, 0, 1), [&task] { return !task.check().ok(); });
  MAGPIE_RETURN_IF_ERROR(task.check());
  task.note("best_epoch", std::to_string(models.holdout.best_epoch));
  return save_artifacts({{kTwoTowerHoldoutFile, encode_two_tower(models.holdout.model)},
                         {kTwoTowerFile, encode_two_tower(models.full.model)}},
                        task.output());
}

Status combine_models(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto interactions, input_interactions(task));
  MAGPIE_ASSIGN_OR_RETURN(const auto catalogue, input_catalogue(task));
  ItemContent content = read_item_content(interactions.items, *catalogue, settings.train.content_language);
  task.progress(0.1);
  MAGPIE_ASSIGN_OR_RETURN(auto ranker,
                          train_ranker_from(task, interactions, content, dependencies.indexes, settings.train));
  task.progress(0.6);
  MAGPIE_RETURN_IF_ERROR(task.check());

  MAGPIE_ASSIGN_OR_RETURN(const auto trained, task.input(kTrainCollaborativeTask));
  MAGPIE_ASSIGN_OR_RETURN(BaseModels full, load_base_models(trained / kFullModels));
  full.model.content = std::move(content.model);
  full.model.ranker = ranker.model;
  MAGPIE_ASSIGN_OR_RETURN(auto artifacts, artifacts_of(full.model, dependencies.indexes));
  MAGPIE_RETURN_IF_ERROR(add_two_tower(task, dependencies.indexes, artifacts));
  MAGPIE_RETURN_IF_ERROR(add_response_heads(dependencies, task, ranker, artifacts, ranker.metrics));
  MAGPIE_RETURN_IF_ERROR(save_artifacts(artifacts, task.output() / kModelArtifacts));
  MAGPIE_ASSIGN_OR_RETURN(auto choices, load_choices(trained / kChoicesFile));
  choices.metrics.merge(ranker.metrics);
  const ModelInfo info =
      model_info(task.plan(), interactions, std::move(choices.metrics), std::move(choices.parameters));
  MAGPIE_RETURN_IF_ERROR(save_model_info(info, task.output() / kModelInfoFile));
  const BatchFeaturesInput input{interactions, full, content.categories, catalogue->category_names(), info.window_end};
  return save_batch_features(input, task.output() / kBatchFeaturesFile, between(task, 0.7, 1));
}

}  // namespace magpie::batch

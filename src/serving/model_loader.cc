#include "serving/model_loader.h"

#include <ranges>
#include <utility>

namespace magpie::serving {

ModelLoader::Instruments::Instruments(Metrics& metrics)
    : version(metrics.gauge("magpie_model_version", "The model version in force; 0: none.")),
      items(metrics.gauge("magpie_model_items", "Items that the model in force can score, newer ones included.")),
      loads(metrics.counter("magpie_model_loads_total", "Model versions put in force.")),
      failures(metrics.counter("magpie_model_load_failures_total", "Model versions that could not be loaded.")) {}

ModelLoader::ModelLoader(ModelStore& models, CatalogueStore& catalogue, const VectorIndexFactory& indexes,
                         ModelHolder& holder, Metrics& metrics)
    : models_(models), catalogue_(catalogue), indexes_(indexes), holder_(holder), instruments_(metrics) {}

Status ModelLoader::refresh() {
  const std::lock_guard lock(refresh_mutex_);
  Status followed = follow_production();
  follow_catalogue();
  return followed;
}

Status ModelLoader::follow_production() {
  const auto production = models_.production();
  if (!production.ok()) {
    return production.error().code() == ErrorCode::kNotFound ? ok_status() : production.status();
  }
  const auto in_force = holder_.get();
  if (in_force != nullptr && in_force->version() == *production) {
    set_problem(std::nullopt);
    return ok_status();
  }
  if (refused_ == *production) return ok_status();
  Status loaded = load(*production);
  if (loaded.ok()) {
    set_problem(std::nullopt);
    return ok_status();
  }
  instruments_.failures.add();
  set_problem("model " + std::to_string(production->get()) + " is in production but not loaded: " + loaded.to_string());
  if (loaded.error().code() != ErrorCode::kDataLoss) return loaded;  // May pass: tried again on the next call.
  refused_ = *production;
  if (in_force == nullptr) MAGPIE_RETURN_IF_ERROR(fall_back(*production));
  return loaded;
}

// The newest intact version before the refused one; none is no error.
Status ModelLoader::fall_back(ModelVersion refused) {
  MAGPIE_ASSIGN_OR_RETURN(const auto versions, models_.list());
  for (const ModelInfo& info : versions | std::views::reverse) {
    if (info.version < refused && load(info.version).ok()) break;
  }
  return ok_status();
}

Status ModelLoader::load(ModelVersion version) {
  MAGPIE_ASSIGN_OR_RETURN(StoredModel stored, models_.load(version));
  MAGPIE_ASSIGN_OR_RETURN(TrainedModel model, decode_model(stored.artifacts));
  MAGPIE_ASSIGN_OR_RETURN(auto index, index_of(stored, model));
  stored.artifacts.clear();  // As large as the model: gone before the join takes memory of its own.
  stored.info.version = version;
  MAGPIE_ASSIGN_OR_RETURN(auto serving, ServingModel::build(std::move(model), std::move(stored.info), std::move(index),
                                                            catalogue_.snapshot()));
  put_in_force(std::move(serving));
  instruments_.loads.add();
  return ok_status();
}

Result<std::unique_ptr<VectorIndex>> ModelLoader::index_of(const StoredModel& stored, const TrainedModel& model) {
  const auto artifact = stored.artifacts.find(kIndexArtifact);
  if (artifact != stored.artifacts.end()) {
    auto loaded = indexes_.load(artifact->second);
    if (loaded.ok() && (*loaded)->size() == model.item_factors.rows) return loaded;
  }
  return indexes_.build(model.item_factors);
}

void ModelLoader::follow_catalogue() {
  const auto in_force = holder_.get();
  if (in_force == nullptr) return;
  auto snapshot = catalogue_.snapshot();
  if (in_force->catalogue().revision() == snapshot->revision()) return;
  put_in_force(ServingModel::join(in_force->learned(), std::move(snapshot)));
}

void ModelLoader::put_in_force(std::shared_ptr<const ServingModel> model) {
  instruments_.version.set(static_cast<double>(model->version().get()));
  instruments_.items.set(static_cast<double>(model->rows()));
  holder_.set(std::move(model));
}

std::optional<std::string> ModelLoader::problem() const {
  const std::lock_guard lock(problem_mutex_);
  return problem_;
}

void ModelLoader::set_problem(std::optional<std::string> problem) {
  const std::lock_guard lock(problem_mutex_);
  problem_ = std::move(problem);
}

}  // namespace magpie::serving

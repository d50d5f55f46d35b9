#include "serving/model_loader.h"

#include <ranges>
#include <utility>

namespace magpie::serving {
namespace {

constexpr std::array kRoles{ModelRole::kProduction, ModelRole::kCanary};

bool may_pass(const Error& error) {
  return error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kResourceExhausted;
}

bool is_version(const std::shared_ptr<const ServingModel>& model, ModelVersion version) {
  return model != nullptr && model->version() == version;
}

double gauge_of(const std::shared_ptr<const ServingModel>& model) {
  return model == nullptr ? 0 : static_cast<double>(model->version().get());
}

}  // namespace

ModelLoader::Instruments::Instruments(Metrics& metrics)
    : canary_share(metrics.gauge("magpie_model_canary_share", "Share of the users that the canary serves; 0: none.")),
      items(metrics.gauge("magpie_model_items", "Items that the model in production can score, newer ones included.")),
      loads(metrics.counter("magpie_model_loads_total", "Model versions put in force.")),
      failures(metrics.counter("magpie_model_load_failures_total", "Model versions that could not be loaded.")) {
  for (const ModelRole role : kRoles) {
    versions.push_back(metrics.gauge("magpie_model_version", "The model version in force; 0: none.",
                                     {{"role", std::string(to_string(role))}}));
  }
}

ModelLoader::ModelLoader(ModelStore& models, CatalogueStore& catalogue, const VectorIndexFactory& indexes,
                         ModelHolder& holder, Metrics& metrics)
    : models_(models), catalogue_(catalogue), indexes_(indexes), holder_(holder), instruments_(metrics) {}

Status ModelLoader::refresh() {
  const std::lock_guard lock(refresh_mutex_);
  const auto in_force = holder_.lineup();
  Wanted wanted{in_force->production.model, in_force->canary ? in_force->canary->model : nullptr,
                in_force->canary_share};
  Status followed = follow_aliases(wanted);
  follow_catalogue(wanted);
  put_in_force(*in_force, std::move(wanted));
  return followed;
}

Status ModelLoader::follow_aliases(Wanted& wanted) {
  const auto aliases = models_.aliases();
  if (!aliases.ok()) return serve_without_aliases(aliases.error(), wanted);
  const Status production = follow_production(*aliases, wanted);
  const Status canary = follow_canary(aliases->canary, wanted);
  return production.ok() ? canary : production;
}

Status ModelLoader::serve_without_aliases(const Error& error, Wanted& wanted) {
  if (may_pass(error)) return error;
  const auto known = problem(ModelRole::kProduction);
  if (known && known->reason.message() == error.message()) return ok_status();
  set_problem(ModelRole::kProduction, LoadProblem{ModelVersion(0), error, /*refused=*/true});
  if (wanted.production == nullptr) MAGPIE_RETURN_IF_ERROR(fall_back({}, wanted));
  return error;
}

Status ModelLoader::follow_production(const ModelAliases& aliases, Wanted& wanted) {
  if (!aliases.production) return ok_status();
  if (is_version(wanted.canary, *aliases.production)) wanted.production = wanted.canary;
  if (is_version(wanted.production, *aliases.production)) {
    set_problem(ModelRole::kProduction, std::nullopt);
    return ok_status();
  }
  Status loaded = load_for(ModelRole::kProduction, *aliases.production, wanted.production);
  const bool in_need = !loaded.ok() && !may_pass(loaded.error()) && wanted.production == nullptr;
  if (in_need) MAGPIE_RETURN_IF_ERROR(fall_back(aliases, wanted));
  return loaded;
}

Status ModelLoader::follow_canary(const std::optional<Canary>& canary, Wanted& wanted) {
  const bool wanted_one = canary && wanted.production != nullptr && !is_version(wanted.production, canary->version);
  wanted.canary_share = wanted_one ? canary->share : 0;
  if (wanted_one && !is_version(wanted.canary, canary->version)) {
    wanted.canary = nullptr;  // The one before it serves no more, whatever becomes of this one.
    return load_for(ModelRole::kCanary, canary->version, wanted.canary);
  }
  if (!wanted_one) wanted.canary = nullptr;
  set_problem(ModelRole::kCanary, std::nullopt);
  return ok_status();
}

Status ModelLoader::load_for(ModelRole role, ModelVersion version, std::shared_ptr<const ServingModel>& model) {
  const auto known = problem(role);
  if (known && known->refused && known->version == version) return ok_status();
  auto loaded = load(version);
  if (!loaded.ok()) {
    instruments_.failures.add();
    set_problem(role, LoadProblem{version, loaded.error(), !may_pass(loaded.error())});
    return loaded.error();
  }
  instruments_.loads.add();
  set_problem(role, std::nullopt);
  model = std::move(loaded).value();
  return ok_status();
}

// What was in production before; then whatever is older than the refused version and was not rejected.
Status ModelLoader::fall_back(const ModelAliases& aliases, Wanted& wanted) {
  const auto serve = [&](ModelVersion version) {
    auto loaded = load(version);
    if (loaded.ok()) wanted.production = std::move(loaded).value();
    return loaded.ok();
  };
  if (aliases.previous && serve(*aliases.previous)) return ok_status();
  MAGPIE_ASSIGN_OR_RETURN(const auto versions, models_.list());
  for (const ModelInfo& info : versions | std::views::reverse) {
    const bool newer = aliases.production && info.version >= *aliases.production;
    const bool rejected = aliases.rejected && info.version == aliases.rejected->version;
    if (!newer && !rejected && serve(info.version)) break;
  }
  return ok_status();
}

Result<std::shared_ptr<const ServingModel>> ModelLoader::load(ModelVersion version) {
  MAGPIE_ASSIGN_OR_RETURN(StoredModel stored, models_.load(version));
  MAGPIE_ASSIGN_OR_RETURN(TrainedModel model, decode_model(stored.artifacts));
  MAGPIE_ASSIGN_OR_RETURN(auto index, index_of(stored, kIndexArtifact, model.item_factors));
  MAGPIE_ASSIGN_OR_RETURN(auto two_tower, two_tower_of(stored));
  stored.artifacts.clear();  // As large as the model: gone before the join takes memory of its own.
  stored.info.version = version;
  return ServingModel::build(std::move(model), std::move(stored.info), std::move(index), catalogue_.snapshot(),
                             std::move(two_tower));
}

Result<std::unique_ptr<VectorIndex>> ModelLoader::index_of(const StoredModel& stored, const char* artifact,
                                                           const Matrix& vectors) {
  const auto bytes = stored.artifacts.find(artifact);
  if (bytes != stored.artifacts.end()) {
    auto loaded = indexes_.load(bytes->second);
    if (loaded.ok() && (*loaded)->size() == vectors.rows) return loaded;
  }
  return indexes_.build(vectors);
}

Result<std::optional<IndexedTwoTower>> ModelLoader::two_tower_of(const StoredModel& stored) {
  const auto bytes = stored.artifacts.find(kTwoTowerArtifact);
  if (bytes == stored.artifacts.end()) return std::optional<IndexedTwoTower>();
  IndexedTwoTower network;
  MAGPIE_ASSIGN_OR_RETURN(network.model, decode_two_tower(bytes->second));
  MAGPIE_ASSIGN_OR_RETURN(network.index, index_of(stored, kTwoTowerIndexArtifact, network.model.item_vectors));
  return std::optional(std::move(network));
}

void ModelLoader::follow_catalogue(Wanted& wanted) {
  const auto snapshot = catalogue_.snapshot();
  for (auto* model : {&wanted.production, &wanted.canary}) {
    if (*model == nullptr || (*model)->catalogue().revision() == snapshot->revision()) continue;
    *model = ServingModel::join((*model)->learned(), snapshot);
  }
}

void ModelLoader::put_in_force(const ModelLineup& before, Wanted wanted) {
  const auto canary_before = before.canary ? before.canary->model : nullptr;
  const bool unchanged = wanted.production == before.production.model && wanted.canary == canary_before &&
                         wanted.canary_share == before.canary_share;
  if (unchanged) return;
  instruments_.versions[0].set(gauge_of(wanted.production));
  instruments_.versions[1].set(gauge_of(wanted.canary));
  instruments_.canary_share.set(wanted.canary == nullptr ? 0 : wanted.canary_share);
  instruments_.items.set(wanted.production == nullptr ? 0 : static_cast<double>(wanted.production->rows()));
  holder_.set(std::move(wanted.production), std::move(wanted.canary), wanted.canary_share);
}

std::optional<LoadProblem> ModelLoader::problem(ModelRole role) const {
  const std::lock_guard lock(problem_mutex_);
  return problems_[static_cast<std::size_t>(role)];
}

std::vector<std::string> ModelLoader::problems() const {
  std::vector<std::string> texts;
  for (const ModelRole role : kRoles) {
    const auto found = problem(role);
    if (!found) continue;
    const bool named = found->version != ModelVersion(0);
    texts.push_back((named ? "model " + std::to_string(found->version.get()) : std::string("the model")) + " (" +
                    std::string(to_string(role)) + ") is not loaded: " + found->reason.to_string());
  }
  return texts;
}

void ModelLoader::set_problem(ModelRole role, std::optional<LoadProblem> problem) {
  const std::lock_guard lock(problem_mutex_);
  problems_[static_cast<std::size_t>(role)] = std::move(problem);
}

}  // namespace magpie::serving

// ModelLoader: keeps the ModelHolder at what the store's aliases say, joined with the catalogue as it is.
//
// A new version is loaded, checked and joined beside those in force, then swapped in by one step; a canary that is
// promoted is not read again. A version that is damaged is refused by name and not tried again until its role goes to
// another; what is in force stays, and a canary that cannot be loaded leaves its users to production. When nothing is
// in force yet (a start), the version that was in production before, or else the newest older one that is intact, is
// served instead. Thread-safe: refresh() calls are serialised.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/status.h"
#include "ports/catalogue_store.h"
#include "ports/model_store.h"
#include "ports/vector_index.h"
#include "serving/model_holder.h"

namespace magpie::serving {

// Why a version that has a role is not in force.
struct LoadProblem {
  ModelVersion version;
  Error reason;
  bool refused = false;  // Not tried again.
};

class ModelLoader {
 public:
  ModelLoader(ModelStore& models, CatalogueStore& catalogue, const VectorIndexFactory& indexes, ModelHolder& holder,
              Metrics& metrics);

  // One step: cheap when neither the aliases nor the catalogue changed. Ok when no model is in production.
  // Reports a refusal once; problem() keeps it. Errors: the store's.
  [[nodiscard]] Status refresh();

  // Nothing where what is in force is what the aliases say.
  [[nodiscard]] std::optional<LoadProblem> problem(ModelRole role) const;
  // The same of all roles, for a person: "model 5 (canary) is not loaded: ...".
  [[nodiscard]] std::vector<std::string> problems() const;

 private:
  struct Instruments {
    explicit Instruments(Metrics& metrics);
    std::vector<Gauge> versions;  // By role.
    Gauge canary_share;
    Gauge items;
    Counter loads;
    Counter failures;
  };
  // What will be in force after a refresh.
  struct Wanted {
    std::shared_ptr<const ServingModel> production;
    std::shared_ptr<const ServingModel> canary;
    double canary_share = 0;
  };

  [[nodiscard]] Status follow_aliases(Wanted& wanted);
  // What there is, where the aliases themselves are damaged.
  [[nodiscard]] Status serve_without_aliases(const Error& error, Wanted& wanted);
  [[nodiscard]] Status follow_production(const ModelAliases& aliases, Wanted& wanted);
  [[nodiscard]] Status follow_canary(const std::optional<Canary>& canary, Wanted& wanted);
  // Loads the version unless it was refused; the model stays as it is where it cannot be loaded.
  [[nodiscard]] Status load_for(ModelRole role, ModelVersion version, std::shared_ptr<const ServingModel>& model);
  // None that can be loaded is no error.
  [[nodiscard]] Status fall_back(const ModelAliases& aliases, Wanted& wanted);
  [[nodiscard]] Result<std::shared_ptr<const ServingModel>> load(ModelVersion version);
  // The stored index where it can be read, else a new one.
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> index_of(const StoredModel& stored, const char* artifact,
                                                              const Matrix& vectors);
  [[nodiscard]] Result<std::optional<IndexedTwoTower>> two_tower_of(const StoredModel& stored);
  void follow_catalogue(Wanted& wanted);
  void put_in_force(const ModelLineup& before, Wanted wanted);
  void set_problem(ModelRole role, std::optional<LoadProblem> problem);

  ModelStore& models_;
  CatalogueStore& catalogue_;
  const VectorIndexFactory& indexes_;
  ModelHolder& holder_;
  Instruments instruments_;

  std::mutex refresh_mutex_;
  mutable std::mutex problem_mutex_;
  std::array<std::optional<LoadProblem>, kModelRoles> problems_;  // Guarded by problem_mutex_; by role.
};

}  // namespace magpie::serving

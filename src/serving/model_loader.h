// ModelLoader: keeps the ModelHolder at the model in production, joined with the catalogue as it is.
//
// A new version is loaded, checked and joined beside the one in force, then swapped in by one store. One that is
// damaged is refused by name and not tried again until another goes to production; what is in force stays. When nothing
// is in force yet (a start), the newest older version that is intact is served instead. Thread-safe: refresh() calls
// are serialised.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/metrics.h"
#include "base/status.h"
#include "ports/catalogue_store.h"
#include "ports/model_store.h"
#include "ports/vector_index.h"
#include "serving/serving_model.h"

namespace magpie::serving {

class ModelLoader {
 public:
  ModelLoader(ModelStore& models, CatalogueStore& catalogue, const VectorIndexFactory& indexes, ModelHolder& holder,
              Metrics& metrics);

  // One step: cheap when neither the production version nor the catalogue changed. Ok when no model is in production.
  // Reports a refusal once; problem() keeps it. Errors: the store's.
  [[nodiscard]] Status refresh();

  // Why the model in force is not the one in production; nothing when it is.
  [[nodiscard]] std::optional<std::string> problem() const;

 private:
  struct Instruments {
    explicit Instruments(Metrics& metrics);
    Gauge version;
    Gauge items;
    Counter loads;
    Counter failures;
  };

  [[nodiscard]] Status follow_production();
  void follow_catalogue();
  [[nodiscard]] Status fall_back(ModelVersion refused);
  [[nodiscard]] Status load(ModelVersion version);
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> index_of(const StoredModel& stored, const TrainedModel& model);
  void put_in_force(std::shared_ptr<const ServingModel> model);
  void set_problem(std::optional<std::string> problem);

  ModelStore& models_;
  CatalogueStore& catalogue_;
  const VectorIndexFactory& indexes_;
  ModelHolder& holder_;
  Instruments instruments_;

  std::mutex refresh_mutex_;
  std::optional<ModelVersion> refused_;  // Guarded by refresh_mutex_.
  mutable std::mutex problem_mutex_;
  std::optional<std::string> problem_;  // Guarded by problem_mutex_.
};

}  // namespace magpie::serving

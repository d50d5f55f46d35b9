// TestServices: all that the API exposes, over ports in memory, with a shop of films in it.
//
// The clock stands at kNow. The catalogue has the films of serving/film_shop_test.h and those of openapi.yaml's
// examples; a model of the former serves; user 196 exists and has seen something. The pipeline has two tasks, which do
// nothing, and one run, which has succeeded.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "api/services.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "base/ulid.h"
#include "batch/pipeline/pipeline.h"
#include "batch/training_job.h"
#include "serving/recommender.h"
#include "speed/ingest.h"
#include "speed/stream_processor.h"
#include "tests/api/held_event_log.h"
#include "tests/contract/temporary_directory.h"
#include "tests/fakes/in_memory_catalogue_store.h"
#include "tests/fakes/in_memory_feature_store.h"
#include "tests/fakes/in_memory_model_store.h"
#include "tests/faults/faulty_feature_store.h"

namespace magpie::api {

class TestServices {
 public:
  TestServices();

  [[nodiscard]] Services& get() { return services_; }
  [[nodiscard]] HeldEventLog& log() { return log_; }
  [[nodiscard]] CatalogueStore& catalogue() { return catalogue_; }
  // Of the feature store that the services see.
  [[nodiscard]] faults::FaultPlan& feature_faults() { return feature_faults_; }

  // Applies what was logged so far to the features.
  void process_events();
  // nullopt: ready.
  void set_not_ready(std::optional<std::string> reason);
  // From now on.
  void warn(std::string warning);
  // Trainings wait for finish_training() from now on.
  void hold_training();
  void finish_training(std::optional<Error> error = {});

 private:
  void fill_catalogue();
  void finish_a_run();
  void publish_models();
  [[nodiscard]] Result<ModelInfo> train(const batch::ReportProgress& progress);
  [[nodiscard]] batch::pipeline::RunStore run_store() const;
  [[nodiscard]] Status erase(const UserId& user);
  [[nodiscard]] Readiness readiness();

  ManualClock clock_;
  EventTypes types_ = EventTypes::defaults();
  Metrics metrics_;
  UlidGenerator ids_;
  ThreadPool pool_;
  HeldEventLog log_;
  fakes::InMemoryCatalogueStore catalogue_;
  fakes::InMemoryFeatureStore feature_store_;
  faults::FaultPlan feature_faults_;
  faults::FaultyFeatureStore features_;
  fakes::InMemoryModelStore models_;
  serving::ModelHolder serving_model_;
  speed::Ingest ingest_;
  speed::StreamProcessor stream_;
  serving::Recommender recommender_;

  std::mutex mutex_;
  std::condition_variable training_may_end_;
  bool holding_training_ = false;
  std::optional<Error> training_error_;
  std::optional<std::string> not_ready_because_;
  std::vector<std::string> warnings_;

  contract::TemporaryDirectory runs_;
  batch::pipeline::Pipeline pipeline_;
  batch::TrainingJob training_;  // After what it uses.
  Services services_;
};

}  // namespace magpie::api

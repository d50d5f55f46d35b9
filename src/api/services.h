// Services: what the API exposes, wired by src/app. Both codecs (HTTP, gRPC) call these and decide nothing themselves.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/status.h"
#include "batch/pipeline/pipeline.h"
#include "batch/training_job.h"
#include "ports/catalogue_store.h"
#include "ports/feature_store.h"
#include "ports/model_store.h"
#include "serving/recommender.h"
#include "speed/ingest.h"

namespace magpie::api {

// Ready: data directory open, log replayed, and a model loaded where there is data to train one from.
struct Readiness {
  bool ready = false;
  std::string reason;  // Why not, for a person.
  // What does not stop it from serving but should be looked at: a model that could not be loaded.
  std::vector<std::string> warnings = {};
};

struct Services {
  speed::Ingest& ingest;
  serving::Recommender& recommender;
  CatalogueStore& catalogue;
  FeatureStore& features;
  ModelStore& models;
  batch::TrainingJob& training;
  batch::pipeline::Pipeline& pipeline;
  Metrics& metrics;
  const EventTypes& types;
  const Clock& clock;
  std::function<Status(const UserId&)> erase_user;
  std::function<Readiness()> readiness;
  // Puts in force what the model store's aliases say, now rather than a moment later. Blocks.
  std::function<Status()> refresh_models;
};

}  // namespace magpie::api

// Trainer: history -> one published model version and the users' batch features.
//
// Reads the window once; trains ALS, item-to-item and content; fits the ranker on an inner holdout (each user's last
// item, predicted by models that have not seen it: the metrics "holdout_..." of the version come from the same users
// and are therefore a little optimistic); trains the final models on everything; publishes the version, loads the batch
// features, and only then promotes the version to production. Same data, catalogue and seed: same bytes.
// Not thread-safe: one training at a time (TrainingJob serialises them).
// Errors: kFailedPrecondition where there is too little to learn from, and those of the ports.
#pragma once

#include "base/clock.h"
#include "base/status.h"
#include "batch/train_settings.h"
#include "ports/catalogue_store.h"
#include "ports/feature_store.h"
#include "ports/history_store.h"
#include "ports/model_store.h"
#include "ports/vector_index.h"

namespace magpie::batch {

struct TrainDependencies {
  HistoryStore& history;
  CatalogueStore& catalogue;
  FeatureStore& features;
  ModelStore& models;
  const VectorIndexFactory& indexes;  // The index over item_factors is published as the artifact kIndexArtifact.
  const EventTypes& types;
  const Clock& clock;
};

[[nodiscard]] Result<ModelInfo> train_and_publish(const TrainDependencies& dependencies, const TrainSettings& settings,
                                                  const ReportProgress& progress);

}  // namespace magpie::batch

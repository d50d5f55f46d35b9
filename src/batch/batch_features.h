// Batch features: what a training says of each user, loaded into the feature store.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "batch/base_models.h"
#include "batch/interactions.h"
#include "model/user_features.h"
#include "ports/feature_store.h"

namespace magpie::batch {

struct BatchFeaturesInput {
  const Interactions& interactions;
  const BaseModels& models;                        // Of full_histories(interactions).
  const SparseMatrix& categories;                  // append_categories() of each item.
  std::span<const std::string> category_names;     // Columns of `categories`.
  ModelVersion version;
  Timestamp trained_until;
};

[[nodiscard]] BatchFeatures batch_features_of(const BatchFeaturesInput& input, std::size_t user);

// Those of every user of the window. `done(fraction)` may be empty. Errors: those of the store.
[[nodiscard]] Status load_batch_features(const BatchFeaturesInput& input, FeatureStore& features,
                                         const std::function<void(double)>& done);

}  // namespace magpie::batch

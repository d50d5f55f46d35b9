// Batch features: what a training says of each user, computed into a file, and loaded from there into the feature
// store. Thread-safe, as far as the store is.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
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
  Timestamp trained_until;
};

// Without version: see load_batch_features().
[[nodiscard]] BatchFeatures batch_features_of(const BatchFeaturesInput& input, std::size_t user);

// Those of every user of the window (batch_features_file.h). `done(fraction)` may be empty.
[[nodiscard]] Status save_batch_features(const BatchFeaturesInput& input, const std::filesystem::path& file,
                                         const std::function<void(double)>& done);
// Into the store, as of this version. `done(fraction)` may end it with an error. Errors: those of store and file.
[[nodiscard]] Status load_batch_features(const std::filesystem::path& file, ModelVersion version,
                                         FeatureStore& features, const std::function<Status(double)>& done);

}  // namespace magpie::batch

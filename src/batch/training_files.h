// The files that tasks of the daily run hand over to each other (docs/formats/pipeline_run.md).
//
// Equal values give equal bytes. Reading checks lengths, orders and indices: kDataLoss. Writing is not durable: a
// task's output is made so as a whole, when it is sealed. Errors: those of base/file.h. Thread-safe for different
// files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/base_models.h"
#include "batch/interactions.h"
#include "model/item.h"
#include "model/trained_model.h"

namespace magpie::batch {

// Where they lie in the output of their task.
inline constexpr const char* kCatalogueFile = "catalogue";        // Of read.
inline constexpr const char* kInteractionsFile = "interactions";  // Of merge_features.
inline constexpr const char* kHoldoutModels = "holdout";          // Of train_collaborative.
inline constexpr const char* kFullModels = "full";
inline constexpr const char* kChoicesFile = "choices.json";
inline constexpr const char* kTwoTowerHoldoutFile = "two_tower_holdout";  // Of train_two_tower, where it was trained.
inline constexpr const char* kTwoTowerFile = kTwoTowerArtifact;  // Also the artifact of the version.
inline constexpr const char* kModelArtifacts = "model";  // Of combine.
inline constexpr const char* kModelInfoFile = "model.json";
inline constexpr const char* kBatchFeaturesFile = "batch_features";

[[nodiscard]] Status save_interactions(const Interactions& interactions, const std::filesystem::path& file);
[[nodiscard]] Result<Interactions> load_interactions(const std::filesystem::path& file);

// The catalogue as it was when the events were read.
[[nodiscard]] Status save_items(const std::vector<Item>& items, const std::filesystem::path& file);
[[nodiscard]] Result<std::vector<Item>> load_items(const std::filesystem::path& file);

// A directory, with a file for each artifact.
[[nodiscard]] Status save_artifacts(const ModelArtifacts& artifacts, const std::filesystem::path& directory);
[[nodiscard]] Result<ModelArtifacts> load_artifacts(const std::filesystem::path& directory);

// Of models without content: its rows are saved as empty.
[[nodiscard]] Status save_base_models(const BaseModels& models, const std::filesystem::path& directory);
[[nodiscard]] Result<BaseModels> load_base_models(const std::filesystem::path& directory);

// What a task has chosen by validation, and the figures that it went by: for ModelInfo's members of these names.
struct TrainingChoices {
  std::map<std::string, std::string> parameters;
  std::map<std::string, double> metrics;
  friend bool operator==(const TrainingChoices&, const TrainingChoices&) = default;
};
[[nodiscard]] Status save_choices(const TrainingChoices& choices, const std::filesystem::path& file);
[[nodiscard]] Result<TrainingChoices> load_choices(const std::filesystem::path& file);

// Without version: that is given when it is published.
[[nodiscard]] Status save_model_info(const ModelInfo& info, const std::filesystem::path& file);
[[nodiscard]] Result<ModelInfo> load_model_info(const std::filesystem::path& file);

}  // namespace magpie::batch

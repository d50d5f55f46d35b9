// The daily pipeline: from history to a model version in production, in 11 steps, two of them with parallel branches.
//
//   1 read -> 2 filter -> 3 write_clean -> 4a user_features  -> 5 merge_features -> 6a train_collaborative -> 7 combine
//                                       -> 4b item_features  ->                  -> 6b train_two_tower     ->
//   7 combine -> 8 upload -> 9 ab_test -> 10 monitor -> 11 rollout
//
// A task reads what its upstreams have made and makes files of its own; the plan of the run fixes window and settings.
// So the same history gives the same bytes, however often a task was repeated. What is done outside of the run's
// directory (upload, ab_test, rollout) is done once, however often it is tried. To add a task: a line in daily_dag(),
// one in daily_tasks(), and its function.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "batch/extraction.h"
#include "batch/feature_tables.h"
#include "batch/pipeline/dag.h"
#include "batch/pipeline/task.h"
#include "batch/rollout.h"
#include "batch/train_settings.h"
#include "ports/analytics.h"
#include "ports/catalogue_store.h"
#include "ports/feature_store.h"
#include "ports/history_store.h"
#include "ports/model_store.h"
#include "ports/serving_monitor.h"
#include "ports/vector_index.h"

namespace magpie::batch {

// Names of the tasks, their directories, and facts.
inline constexpr const char* kReadTask = "read";
inline constexpr const char* kFilterTask = "filter";
inline constexpr const char* kWriteCleanTask = "write_clean";
inline constexpr const char* kUserFeaturesTask = "user_features";
inline constexpr const char* kItemFeaturesTask = "item_features";
inline constexpr const char* kMergeFeaturesTask = "merge_features";
inline constexpr const char* kTrainCollaborativeTask = "train_collaborative";
inline constexpr const char* kTrainTwoTowerTask = "train_two_tower";
inline constexpr const char* kCombineTask = "combine";
inline constexpr const char* kUploadTask = "upload";
inline constexpr const char* kAbTestTask = "ab_test";
inline constexpr const char* kMonitorTask = "monitor";
inline constexpr const char* kRolloutTask = "rollout";
inline constexpr const char* kModelVersionFact = "model_version";  // Of kUploadTask.

// What RunPlan::settings stands for.
struct DailySettings {
  EventTypes types = EventTypes::defaults();
  ExtractionSettings extraction;
  FeatureSettings features;
  TrainSettings train;
  RolloutSettings rollout;
};

// References outlive the tasks.
struct DailyDependencies {
  HistoryStore& history;
  CatalogueStore& catalogue;
  FeatureStore& features;
  ModelStore& models;
  Analytics& analytics;
  const VectorIndexFactory& indexes;  // The index over item_factors is published as the artifact kIndexArtifact.
  ServingMonitor& serving;
  const Clock& clock;
  // Waits until every event acknowledged so far is in history.
  std::function<Status()> flush;
  // kInvalidArgument, kFailedPrecondition: settings that this program does not know any more.
  std::function<Result<DailySettings>(const std::map<std::string, std::string>&)> settings;
};

// A timeout is twice what section 13 of the design allows the task, or more.
[[nodiscard]] pipeline::Dag daily_dag();
[[nodiscard]] pipeline::TaskBodies daily_tasks(const DailyDependencies& dependencies);

}  // namespace magpie::batch

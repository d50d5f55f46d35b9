// The tasks of the daily pipeline, a function each (daily_pipeline.h). Errors: those of ports and files; where what was
// read is too little to go on with, kFailedPrecondition.
// Thread-safe, as far as the ports are.
#pragma once

#include "base/status.h"
#include "batch/daily_pipeline.h"
#include "batch/pipeline/task.h"

namespace magpie::batch {

// extraction_tasks.cc
[[nodiscard]] Status read_history(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status filter_history(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status write_clean_history(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status compute_user_features(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status compute_item_features(const DailyDependencies& dependencies, pipeline::TaskContext& task);
// Also turns the clean events into the interactions that all models learn from.
[[nodiscard]] Status merge_feature_tables(const DailyDependencies& dependencies, pipeline::TaskContext& task);

// training_tasks.cc
// The base models twice: without each user's last item, for the ranker to learn from, and on everything; before that
// the search for their parameters (model_search.h), left out of a run that puts its version in production at once.
[[nodiscard]] Status train_collaborative(const DailyDependencies& dependencies, pipeline::TaskContext& task);
// The network twice, in the same way; left out of a run that puts its version in production at once: somebody waits.
[[nodiscard]] Status train_two_tower(const DailyDependencies& dependencies, pipeline::TaskContext& task);
// Fits the ranker on the held-out items; content, index, and the batch features of all users.
[[nodiscard]] Status combine_models(const DailyDependencies& dependencies, pipeline::TaskContext& task);

// deployment_tasks.cc
// Publishes the version, or finds the one that this output was published as; then loads the users' half.
[[nodiscard]] Status upload_model(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status begin_canary(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status watch_canary(const DailyDependencies& dependencies, pipeline::TaskContext& task);
[[nodiscard]] Status finish_rollout(const DailyDependencies& dependencies, pipeline::TaskContext& task);

}  // namespace magpie::batch

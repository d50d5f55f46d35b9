#include "batch/daily_pipeline.h"

#include <cstdlib>

#include "batch/daily_tasks.h"

namespace magpie::batch {
namespace {

using pipeline::TaskContext;
using pipeline::TaskSpec;
using std::chrono::hours;

}  // namespace

pipeline::Dag daily_dag() {
  auto dag = pipeline::Dag::make({
      TaskSpec{kReadTask, "1", "Read the history", {}, hours(4)},
      TaskSpec{kFilterTask, "2", "Filter robots and outliers", {kReadTask}, hours(2)},
      TaskSpec{kWriteCleanTask, "3", "Write clean events", {kFilterTask}, hours(2)},
      TaskSpec{kUserFeaturesTask, "4a", "User features", {kWriteCleanTask}, hours(8)},
      TaskSpec{kItemFeaturesTask, "4b", "Item features", {kWriteCleanTask}, hours(6)},
      TaskSpec{kMergeFeaturesTask, "5", "Merge features", {kUserFeaturesTask, kItemFeaturesTask}, hours(4)},
      TaskSpec{kTrainCollaborativeTask, "6a", "Train the collaborative models", {kMergeFeaturesTask}, hours(12)},
      TaskSpec{kTrainTwoTowerTask, "6b", "Train the two-tower network", {kMergeFeaturesTask}, hours(8)},
      TaskSpec{kCombineTask, "7", "Combine the models", {kTrainCollaborativeTask, kTrainTwoTowerTask}, hours(1)},
      TaskSpec{kUploadTask, "8", "Upload the model version", {kCombineTask}, hours(1)},
      TaskSpec{kAbTestTask, "9", "Begin the A/B test", {kUploadTask}, hours(1), false},
      TaskSpec{kMonitorTask, "10", "Monitor its metrics", {kAbTestTask}, hours(48), false},
      TaskSpec{kRolloutTask, "11", "Roll it out", {kMonitorTask}, hours(48), false},
  });
  if (!dag.ok()) std::abort();  // A mistake in the lines above.
  return *std::move(dag);
}

pipeline::TaskBodies daily_tasks(const DailyDependencies& dependencies) {
  const auto task = [&dependencies](Status (*body)(const DailyDependencies&, TaskContext&)) {
    return [dependencies, body](TaskContext& context) { return body(dependencies, context); };
  };
  return {
      {kReadTask, task(read_history)},
      {kFilterTask, task(filter_history)},
      {kWriteCleanTask, task(write_clean_history)},
      {kUserFeaturesTask, task(compute_user_features)},
      {kItemFeaturesTask, task(compute_item_features)},
      {kMergeFeaturesTask, task(merge_feature_tables)},
      {kTrainCollaborativeTask, task(train_collaborative)},
      {kTrainTwoTowerTask, task(train_two_tower)},
      {kCombineTask, task(combine_models)},
      {kUploadTask, task(upload_model)},
      {kAbTestTask, task(begin_canary)},
      {kMonitorTask, task(watch_canary)},
      {kRolloutTask, task(finish_rollout)},
  };
}

}  // namespace magpie::batch

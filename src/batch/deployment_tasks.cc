#include <charconv>
#include <functional>
#include <string>
#include <utility>

#include "batch/batch_features.h"
#include "batch/daily_tasks.h"
#include "batch/pipeline/task_output.h"
#include "batch/training_files.h"

namespace magpie::batch {
namespace {

using pipeline::TaskContext;

// Parameters of a version that say which output it was published from: the run, and a checksum of what was combined,
// for a run whose training was repeated makes another version.
constexpr auto kRunParameter = "pipeline.run";
constexpr auto kOutputParameter = "pipeline.output";

Result<std::optional<ModelVersion>> find_published(ModelStore& models, const ModelInfo& info) {
  MAGPIE_ASSIGN_OR_RETURN(const auto versions, models.list());
  const auto same = [&info](const ModelInfo& published, const char* name) {
    const auto found = published.parameters.find(name);
    return found != published.parameters.end() && found->second == info.parameters.at(name);
  };
  for (const ModelInfo& published : versions) {
    if (same(published, kRunParameter) && same(published, kOutputParameter)) return std::optional(published.version);
  }
  return std::optional<ModelVersion>();
}

Result<ModelVersion> publish_once(ModelStore& models, const TaskContext& task, const std::filesystem::path& combined) {
  MAGPIE_ASSIGN_OR_RETURN(ModelInfo info, load_model_info(combined / kModelInfoFile));
  info.parameters[kRunParameter] = task.plan().id.get();
  MAGPIE_ASSIGN_OR_RETURN(info.parameters[kOutputParameter], pipeline::output_checksum(combined));
  MAGPIE_ASSIGN_OR_RETURN(const auto published, find_published(models, info));
  if (published) return *published;
  MAGPIE_ASSIGN_OR_RETURN(const auto artifacts, load_artifacts(combined / kModelArtifacts));
  return models.publish(info, artifacts);
}

Result<ModelVersion> uploaded_version(const TaskContext& task) {
  const std::string text = task.fact(kUploadTask, kModelVersionFact).value_or("");
  std::uint64_t version = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failure == std::errc() && end == text.data() + text.size() && version > 0) return ModelVersion(version);
  return failed_precondition("the upload has left no version, retry from there");
}

bool is_immediate(const TaskContext& task) { return task.plan().rollout == pipeline::Rollout::kImmediate; }

// Calls a step of the rollout whenever it is due, until it is over.
using Step = Result<RolloutProgress> (*)(const RolloutDependencies&, ModelVersion, const RolloutSettings&);

Status follow(const DailyDependencies& dependencies, TaskContext& task, Step step) {
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto version, uploaded_version(task));
  const RolloutDependencies rollout{dependencies.models, dependencies.history, dependencies.serving,
                                    dependencies.clock};
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const auto progress, step(rollout, version, settings.rollout));
    task.progress(progress.fraction);
    if (!progress.report.empty()) task.log().info(progress.report);
    task.note("report", progress.report);
    if (progress.state == RolloutState::kDone) return {};
    if (progress.state == RolloutState::kRejected) return failed_precondition("rejected: " + progress.report);
    MAGPIE_RETURN_IF_ERROR(task.wait_until(progress.check_again));
  }
}

}  // namespace

Status upload_model(const DailyDependencies& dependencies, TaskContext& task) {
  MAGPIE_ASSIGN_OR_RETURN(const auto combined, task.input(kCombineTask));
  MAGPIE_ASSIGN_OR_RETURN(const auto version, publish_once(dependencies.models, task, combined));
  task.note(kModelVersionFact, std::to_string(version.get()));
  task.log().info("published", {{"version", version.get()}});
  return load_batch_features(combined / kBatchFeaturesFile, version, dependencies.features, [&task](double fraction) {
    task.progress(fraction);
    return task.check();
  });
}

Status begin_canary(const DailyDependencies& dependencies, TaskContext& task) {
  if (is_immediate(task)) return {};
  MAGPIE_ASSIGN_OR_RETURN(const auto settings, dependencies.settings(task.plan().settings));
  MAGPIE_ASSIGN_OR_RETURN(const auto version, uploaded_version(task));
  return start_canary({dependencies.models, dependencies.history, dependencies.serving, dependencies.clock}, version,
                      settings.rollout);
}

Status watch_canary(const DailyDependencies& dependencies, TaskContext& task) {
  return is_immediate(task) ? Status() : follow(dependencies, task, monitor_canary);
}

Status finish_rollout(const DailyDependencies& dependencies, TaskContext& task) {
  if (!is_immediate(task)) return follow(dependencies, task, advance_rollout);
  MAGPIE_ASSIGN_OR_RETURN(const auto version, uploaded_version(task));
  return dependencies.models.promote(version);
}

}  // namespace magpie::batch

#include "batch/pipeline_training.h"

#include <algorithm>
#include <string>

#include "batch/daily_pipeline.h"
#include "batch/pipeline/policy.h"

namespace magpie::batch {
namespace {

using pipeline::PipelineRun;

// The first of the running tasks.
std::string stage_of(const pipeline::Dag& dag, const PipelineRun& run) {
  for (const pipeline::TaskSpec& task : dag.tasks()) {
    if (task_of(run, task.id).state == pipeline::TaskState::kRunning) return task.id;
  }
  return {};
}

Result<ModelInfo> model_of(const PipelineRun& run, ModelStore& models) {
  const auto& facts = task_of(run, kUploadTask).facts;
  const auto version = facts.find(kModelVersionFact);
  MAGPIE_ASSIGN_OR_RETURN(const auto versions, models.list());
  for (const ModelInfo& info : versions) {
    if (version != facts.end() && std::to_string(info.version.get()) == version->second) return info;
  }
  return not_found("the version that run " + run.plan.id.get() + " has published is gone");
}

}  // namespace

Result<ModelInfo> train_by_pipeline(pipeline::Pipeline& pipeline, ModelStore& models, const ReportProgress& progress) {
  pipeline::RunRequest request;
  request.rollout = pipeline::Rollout::kImmediate;
  request.attended = true;
  MAGPIE_ASSIGN_OR_RETURN(const auto begun, pipeline.start(request));
  double shown = 0;
  const auto report = [&](const PipelineRun& run) {
    // A task that is retried or repeated takes progress back; a bar that shrinks tells nobody anything.
    shown = std::max(shown, progress_of(run));
    if (const std::string stage = stage_of(pipeline.dag(), run); progress && !stage.empty()) progress({stage, shown});
  };
  MAGPIE_ASSIGN_OR_RETURN(const auto ended, pipeline.wait(begun.plan.id, report));
  if (ended.state == pipeline::RunState::kSucceeded) return model_of(ended, models);
  return failed_precondition(ended.error.empty() ? "the run was given up, see the log" : ended.error);
}

}  // namespace magpie::batch

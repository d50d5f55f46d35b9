#include "batch/pipeline/run_reporter.h"

#include <utility>

namespace magpie::batch::pipeline {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

RunReporter::RunReporter(const Clock& clock, Metrics& metrics, const Logger& logger, AlertSink alert)
    : clock_(clock),
      metrics_(metrics),
      logger_(logger),
      alert_(std::move(alert)),
      sla_missed_(metrics.counter("magpie_pipeline_sla_missed_total", "Pipeline runs that took too long")),
      last_success_(metrics.gauge("magpie_pipeline_last_success_timestamp_seconds",
                                  "When a pipeline run last succeeded, in seconds of Unix time")) {}

void RunReporter::task_ended(const PipelineRun& run, const std::string& task) {
  const TaskRecord& record = task_of(run, task);
  const double took = seconds(*record.ended_at - *record.started_at);
  metrics_.gauge("magpie_pipeline_task_seconds", "How long the newest attempt of a task took", {{"task", task}})
      .set(took);
  if (record.state == TaskState::kSucceeded) {
    return logger_.info("task succeeded", {{"run", run.plan.id.get()}, {"task", task}, {"seconds", took}});
  }
  metrics_.counter("magpie_pipeline_task_failures_total", "Failed attempts", {{"task", task}}).add();
  logger_.warning("task failed", {{"run", run.plan.id.get()},
                                  {"task", task},
                                  {"state", std::string(to_string(record.state))},
                                  {"reason", record.error}});
  if (record.state == TaskState::kFailed) send(AlertKind::kTaskFailed, run, task, record.error);
}

void RunReporter::sla_missed(const PipelineRun& run) {
  sla_missed_.add();
  logger_.warning("run is late", {{"run", run.plan.id.get()}, {"sla_seconds", seconds(run.plan.sla)}});
  send(AlertKind::kSlaMissed, run, {}, "not finished within " + std::to_string(run.plan.sla.count() / 1000) + " s");
}

void RunReporter::run_ended(const PipelineRun& run) {
  const std::string state(to_string(run.state));
  metrics_.counter("magpie_pipeline_runs_total", "Pipeline runs that have ended", {{"state", state}}).add();
  logger_.info("run ended", {{"run", run.plan.id.get()}, {"state", state}});
  if (run.state == RunState::kSucceeded) return last_success_.set(seconds(clock_.now().time_since_epoch()));
  send(AlertKind::kRunFailed, run, {}, run.error);
}

void RunReporter::send(AlertKind kind, const PipelineRun& run, const std::string& task, std::string message) const {
  if (alert_) alert_({kind, clock_.now(), run.plan.id, task, std::move(message)});
}

}  // namespace magpie::batch::pipeline

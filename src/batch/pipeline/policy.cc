#include "batch/pipeline/policy.h"

#include <algorithm>
#include <utility>

namespace magpie::batch::pipeline {
namespace {

void wake_no_later_than(Decision& decision, Timestamp time) {
  decision.wake_at = decision.wake_at ? std::min(*decision.wake_at, time) : time;
}

void decide(const Dag& dag, const PipelineRun& run, const TaskSpec& task, Timestamp now, Decision& decision) {
  const TaskRecord& record = task_of(run, task.id);
  if (record.state == TaskState::kRunning) {
    const Timestamp deadline = *record.started_at + task.timeout;
    if (now >= deadline) return decision.time_out.push_back(task.id);
    return wake_no_later_than(decision, deadline);
  }
  if (record.state == TaskState::kUpForRetry && now < *record.retry_at) {
    return wake_no_later_than(decision, *record.retry_at);
  }
  if (run.plan.driver == Driver::kExternal) return;
  const bool waits = record.state == TaskState::kPending || record.state == TaskState::kUpForRetry;
  if (waits && is_ready(dag, run, task.id)) decision.start.push_back(task.id);
}

bool has(const PipelineRun& run, TaskState state) {
  return std::ranges::any_of(run.tasks, [state](const auto& entry) { return entry.second.state == state; });
}

// Nothing where it goes on.
std::optional<RunState> end_of(const PipelineRun& run) {
  if (has(run, TaskState::kRunning) || has(run, TaskState::kUpForRetry)) return std::nullopt;
  if (has(run, TaskState::kFailed)) return RunState::kFailed;
  // A run that is driven from outside waits with pending tasks.
  return has(run, TaskState::kPending) ? std::nullopt : std::optional(RunState::kSucceeded);
}

void decide_sla(const PipelineRun& run, Timestamp now, Decision& decision) {
  if (run.sla_missed) return;
  const Timestamp due = run.plan.created_at + run.plan.sla;
  if (now >= due) {
    decision.sla_missed = true;
  } else {
    wake_no_later_than(decision, due);
  }
}

std::string failed_tasks(const PipelineRun& run) {
  std::string text;
  for (const auto& [id, record] : run.tasks) {
    if (record.state != TaskState::kFailed) continue;
    text += (text.empty() ? "" : "; ") + id + ": " + record.error;
  }
  return text;
}

void forget(TaskRecord& record) {
  const std::uint32_t attempts = record.attempts;  // Also the number of the newest log.
  record = {};
  record.attempts = attempts;
}

}  // namespace

Decision next(const Dag& dag, const PipelineRun& run, Timestamp now) {
  Decision decision;
  for (const TaskSpec& task : dag.tasks()) decide(dag, run, task, now, decision);
  if (decision.start.empty()) decision.ended = end_of(run);
  decide_sla(run, now, decision);
  return decision;
}

bool is_ready(const Dag& dag, const PipelineRun& run, std::string_view task) {
  return std::ranges::all_of(dag.find(task)->upstreams, [&run](const std::string& upstream) {
    return task_of(run, upstream).state == TaskState::kSucceeded;
  });
}

Duration backoff(const RetryPolicy& policy, std::uint32_t failures) {
  Duration wait = policy.backoff;
  for (std::uint32_t n = 1; n < failures && wait < policy.backoff_limit; ++n) wait *= 2;
  return std::min(wait, policy.backoff_limit);
}

bool is_retryable(ErrorCode code) {
  return code != ErrorCode::kInvalidArgument && code != ErrorCode::kFailedPrecondition;
}

PipelineRun new_run(const Dag& dag, RunPlan plan) {
  PipelineRun run;
  run.plan = std::move(plan);
  for (const TaskSpec& task : dag.tasks()) run.tasks[task.id];
  return run;
}

void adapt(const Dag& dag, PipelineRun& run) {
  std::erase_if(run.tasks, [&dag](const auto& entry) { return dag.find(entry.first) == nullptr; });
  for (const TaskSpec& task : dag.tasks()) run.tasks.try_emplace(task.id);
}

void start_task(PipelineRun& run, std::string_view task, Timestamp now) {
  TaskRecord& record = task_of(run, task);
  record.state = TaskState::kRunning;
  ++record.attempts;
  record.started_at = now;
  record.ended_at.reset();
  record.retry_at.reset();
  record.facts.clear();
  record.progress = 0;
  run.state = RunState::kRunning;
  run.ended_at.reset();
}

void finish_task(PipelineRun& run, std::string_view task, const Status& outcome, Timestamp now) {
  TaskRecord& record = task_of(run, task);
  record.ended_at = now;
  record.progress = outcome.ok() ? 1 : 0;
  if (outcome.ok()) {
    record.state = TaskState::kSucceeded;
    record.error.clear();
    return;
  }
  record.error = outcome.to_string();
  ++record.failures;
  const bool again = is_retryable(outcome.error().code()) && record.failures <= run.plan.retry.retries;
  record.state = again ? TaskState::kUpForRetry : TaskState::kFailed;
  if (again) record.retry_at = now + backoff(run.plan.retry, record.failures);
}

void interrupt_task(PipelineRun& run, std::string_view task) {
  TaskRecord& record = task_of(run, task);
  record.state = TaskState::kPending;
  record.started_at.reset();
  record.progress = 0;
}

void end_run(PipelineRun& run, RunState state, Timestamp now) {
  run.state = state;
  run.ended_at = now;
  run.error = state == RunState::kFailed ? failed_tasks(run) : std::string();
}

void recover(PipelineRun& run, Timestamp now) {
  for (const auto& [id, record] : run.tasks) {
    if (record.state != TaskState::kRunning) continue;
    finish_task(run, id, unavailable("the process ended while the task ran"), now);
  }
}

void retry(const Dag& dag, PipelineRun& run, std::optional<std::string_view> from) {
  if (from) {
    for (const std::string& id : dag.downstream_of(*from)) forget(task_of(run, id));
  }
  for (auto& [id, record] : run.tasks) {
    if (record.state == TaskState::kFailed || record.state == TaskState::kUpForRetry) forget(record);
  }
  run.state = RunState::kRunning;
  run.ended_at.reset();
  run.error.clear();
}

void restart(PipelineRun& run) {
  for (auto& [id, record] : run.tasks) forget(record);
}

double progress_of(const PipelineRun& run) {
  double sum = 0;
  for (const auto& [id, record] : run.tasks) {
    sum += record.state == TaskState::kSucceeded ? 1 : record.progress;
  }
  return run.tasks.empty() ? 0 : sum / static_cast<double>(run.tasks.size());
}

}  // namespace magpie::batch::pipeline

// PipelineRun: one passage through the pipeline, and how far it has come. The whole of it is stored as run.json
// (docs/formats/pipeline_run.md).
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "base/strong.h"
#include "ports/history_store.h"

namespace magpie::batch::pipeline {

// The scheduled time, "2026-11-24T02:00:00Z", or another name: "manual__2026-11-24T13:37:00Z".
using RunId = Strong<std::string, struct RunIdTag>;

inline constexpr std::size_t kMaxRunIdLength = 64;
// Letters, digits and "_-:.+", not beginning with a dot: a run is a directory.
[[nodiscard]] Status validate_run_id(std::string_view field, std::string_view id);
[[nodiscard]] RunId scheduled_run_id(Timestamp time);  // To the second.
// Of a run that is named after a time; nothing for other names.
[[nodiscard]] std::optional<Timestamp> scheduled_time(const RunId& id);

enum class TaskState { kPending, kRunning, kSucceeded, kFailed, kUpForRetry };
enum class RunState { kRunning, kSucceeded, kFailed };
[[nodiscard]] std::string_view to_string(TaskState state);  // "up_for_retry"
[[nodiscard]] std::string_view to_string(RunState state);

// Who starts the tasks of a run.
enum class Driver {
  kEngine,    // The pipeline itself, each as soon as its upstreams have succeeded.
  kExternal,  // A scheduler outside, one by one; it repeats what has failed.
};
// How a new version gets to production.
enum class Rollout {
  kCanary,     // Through a canary, monitoring and steps.
  kImmediate,  // At once.
};
[[nodiscard]] std::string_view to_string(Driver driver);
[[nodiscard]] std::string_view to_string(Rollout rollout);

// The wait before retry n is backoff * 2^(n-1), at most backoff_limit.
struct RetryPolicy {
  std::uint32_t retries = 3;
  Duration backoff = std::chrono::minutes(1);
  Duration backoff_limit = std::chrono::hours(1);
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// Fixed when a run is created, so that what is repeated gives the same bytes, on any day and under any configuration.
struct RunPlan {
  RunId id;
  Timestamp created_at;
  Driver driver = Driver::kEngine;
  Rollout rollout = Rollout::kCanary;
  TimeWindow window;  // Of the events.
  RetryPolicy retry;
  Duration sla = std::chrono::hours(24);  // From created_at.
  std::map<std::string, std::string> settings;  // Those of the program that tasks depend on, the seed among them.
};

struct TaskRecord {
  TaskState state = TaskState::kPending;
  std::uint32_t attempts = 0;  // Started so far.
  std::uint32_t failures = 0;  // That count against the retries.
  std::optional<Timestamp> started_at;  // Of the newest attempt.
  std::optional<Timestamp> ended_at;
  std::optional<Timestamp> retry_at;    // Of kUpForRetry.
  std::string error;                    // Of the newest failure; empty after a success.
  std::map<std::string, std::string> facts;  // What the task says of its outcome: "model_version" -> "7".
  double progress = 0;  // Of the running attempt, 0 to 1. Not stored.
  friend bool operator==(const TaskRecord&, const TaskRecord&) = default;
};

struct PipelineRun {
  RunPlan plan;
  RunState state = RunState::kRunning;
  std::optional<Timestamp> ended_at;
  std::string error;           // Why it has failed.
  bool sla_missed = false;     // It was said.
  bool data_discarded = false;  // The tasks' outputs are gone; run.json and the logs stay.
  std::map<std::string, TaskRecord, std::less<>> tasks;  // One for each task of the Dag.
};

// Precondition: the run has the task.
[[nodiscard]] inline TaskRecord& task_of(PipelineRun& run, std::string_view id) { return run.tasks.find(id)->second; }
[[nodiscard]] inline const TaskRecord& task_of(const PipelineRun& run, std::string_view id) {
  return run.tasks.find(id)->second;
}

}  // namespace magpie::batch::pipeline

// The policy of a run: what is to be done next, and how a run changes when something has happened. Pure: no clock, no
// disk, no thread; Execution does what it says. After tensorflow/serving's aspired-version policies.
//
//   pending -> running -> succeeded
//                 |-----> up_for_retry -> running ...    an error that time may mend, retries left
//                 |-----> failed                         no retries left, or an error that no retry mends
//                 `-----> pending                        interrupted by a shutdown: counts for nothing
//
// Thread-safe. Precondition everywhere: the run has a record for each task of the Dag.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch/pipeline/dag.h"
#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {

struct Decision {
  // Their upstreams have succeeded, and a retry is due. None of a run that is driven from outside.
  std::vector<std::string> start;
  std::vector<std::string> time_out;  // They run for longer than they may.
  bool sla_missed = false;            // Just now; said once a run.
  std::optional<RunState> ended;      // Nothing runs and nothing will.
  // Where `ended` is empty: when time alone changes the decision; nothing where only the end of a task does.
  std::optional<Timestamp> wake_at;
};
[[nodiscard]] Decision next(const Dag& dag, const PipelineRun& run, Timestamp now);

// Whether its upstreams have succeeded. Precondition: the Dag has the task.
[[nodiscard]] bool is_ready(const Dag& dag, const PipelineRun& run, std::string_view task);
[[nodiscard]] Duration backoff(const RetryPolicy& policy, std::uint32_t failures);
// Whether doing the same again may help.
[[nodiscard]] bool is_retryable(ErrorCode code);

// A run at its beginning.
[[nodiscard]] PipelineRun new_run(const Dag& dag, RunPlan plan);

// What another version of the program has stored: tasks that it lacked are pending, those that the Dag lacks are
// forgotten.
void adapt(const Dag& dag, PipelineRun& run);

void start_task(PipelineRun& run, std::string_view task, Timestamp now);
void finish_task(PipelineRun& run, std::string_view task, const Status& outcome, Timestamp now);
void interrupt_task(PipelineRun& run, std::string_view task);
void end_run(PipelineRun& run, RunState state, Timestamp now);

// After a crash: what was running is a failed attempt.
void recover(PipelineRun& run, Timestamp now);
// Failed tasks, or `from` and all that depend on it, are pending again, with all of their retries. The run goes on.
void retry(const Dag& dag, PipelineRun& run, std::optional<std::string_view> from);
// Every task is pending again: the outputs are gone.
void restart(PipelineRun& run);

// 0 to 1, each task counting the same.
[[nodiscard]] double progress_of(const PipelineRun& run);

}  // namespace magpie::batch::pipeline

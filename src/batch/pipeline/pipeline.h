// Pipeline: the runs of one Dag: makes them, works on them, keeps their history.
//
// One run at a time drives itself; runs that a scheduler outside drives, task by task, may stand beside it. All of them
// share the thread that calls Execution::step(). Whatever is unfinished when the process ends can be gone on with by
// the next one.
// Thread-safe. The destructor interrupts: what runs is asked to stop, and is pending again.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "batch/pipeline/alert.h"
#include "batch/pipeline/dag.h"
#include "batch/pipeline/execution.h"
#include "batch/pipeline/run_reporter.h"
#include "batch/pipeline/run_store.h"
#include "batch/pipeline/task.h"

namespace magpie::batch::pipeline {

struct PipelineSettings {
  Duration window = std::chrono::days(90);  // Of the events of a run.
  RetryPolicy retry;
  Duration sla = std::chrono::hours(24);
  std::size_t runs_kept = 30;
  std::map<std::string, std::string> tasks;  // Becomes RunPlan::settings.
};

struct RunRequest {
  // A run that is named after a time has the window that ends then; another, or one without a name, ends now.
  std::optional<RunId> id;
  Rollout rollout = Rollout::kCanary;
  bool attended = false;  // Somebody waits for it: a failure ends it at once, there are no retries.
};

class Pipeline {
 public:
  // `bodies` has one for each task. `clock` and `metrics` outlive this; `alert` and `ended` may be empty. `ended` is
  // called when a run that drives itself has ended, from a thread of this object, which it must not call.
  Pipeline(Dag dag, TaskBodies bodies, RunStore store, PipelineSettings settings, const Clock& clock, Metrics& metrics,
           const Logger& logger, AlertSink alert, std::function<void(const PipelineRun&)> ended);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Goes on with what an earlier process left unfinished: the newest run that drives itself.
  [[nodiscard]] Status resume();
  // Begins a run. kFailedPrecondition: one is going on; kAlreadyExists; kInvalidArgument: the id, a time to come.
  // An unfinished run of an earlier process is given up.
  [[nodiscard]] Result<PipelineRun> start(const RunRequest& request);
  // Goes on with a run that has failed: the tasks that have not succeeded; with `from`, that task and all after it.
  // kFailedPrecondition: a run is going on, or there is nothing to do.
  [[nodiscard]] Result<PipelineRun> retry(const RunId& id, const std::optional<std::string>& from);
  // Begins one task, for a scheduler outside; where there is no such run, its first task makes it. A task that has
  // succeeded is not repeated, unless by `force`; a repeated one makes all after it pending.
  [[nodiscard]] Result<PipelineRun> start_task(const RunId& id, const std::string& task, bool force);

  // Blocks until nothing of the run is worked on, and says now and then how far it is (`report` may be empty).
  // kUnavailable where this object is stopped before.
  [[nodiscard]] Result<PipelineRun> wait(const RunId& id, const std::function<void(const PipelineRun&)>& report) const;

  [[nodiscard]] Result<PipelineRun> get(const RunId& id) const;
  [[nodiscard]] Result<std::vector<PipelineRun>> list() const;  // Newest first.
  // Of the newest attempt, or of the one asked for. kNotFound where it never started.
  [[nodiscard]] Result<std::string> log(const RunId& id, std::string_view task,
                                        std::optional<std::uint32_t> attempt) const;
  // The run that drives itself; nothing where none is going on.
  [[nodiscard]] std::optional<RunId> active() const;
  // What is worked on. Ask before get() and list(): a run that was not going on is then seen as it has ended.
  [[nodiscard]] std::set<RunId> going_on() const;
  [[nodiscard]] const Dag& dag() const { return dag_; }

  // Does `work` while no task runs and no run has data of its own: for the erasure of a user. Runs are interrupted, the
  // outputs of their tasks removed, and those that still needed them begin again afterwards.
  [[nodiscard]] Status without_data(const std::function<Status()>& work);

  void stop();

 private:
  using Executions = std::map<RunId, std::shared_ptr<Execution>>;

  // All with control_mutex_ held.
  void drive_all();
  void drive(const RunId& id, Execution& execution);
  void tidy(const RunId& ended);
  void add(PipelineRun run);
  void repeat_what_is_lost(PipelineRun& run) const;
  [[nodiscard]] Status give_up_unfinished(const RunId& except);
  [[nodiscard]] Status lose_data();
  [[nodiscard]] Result<std::shared_ptr<Execution>> external(const RunId& id, const std::string& task);
  [[nodiscard]] Status check_startable(const RunRequest& request, Timestamp now) const;
  [[nodiscard]] RunPlan plan(const RunRequest& request, Driver driver, Timestamp now) const;
  [[nodiscard]] bool needs_data(const PipelineRun& run) const;

  // As this program's Dag has them.
  [[nodiscard]] Result<PipelineRun> stored_run(const RunId& id) const;
  [[nodiscard]] Result<std::vector<PipelineRun>> stored_runs() const;
  [[nodiscard]] std::shared_ptr<Execution> find(const RunId& id) const;
  [[nodiscard]] Executions executions() const;
  void work(const std::stop_token& stop);
  void wake() const;

  const Dag dag_;
  const TaskBodies bodies_;
  const RunStore store_;
  const PipelineSettings settings_;
  const Clock& clock_;
  const Logger logger_;
  RunReporter reporter_;
  const std::function<void(const PipelineRun&)> ended_;

  std::mutex control_mutex_;  // One change of what is worked on at a time. Taken before the others.
  mutable std::mutex mutex_;  // Guards executions_.
  Executions executions_;
  mutable std::mutex wake_mutex_;
  mutable std::condition_variable_any woken_;
  mutable std::uint64_t wakes_ = 0;  // Guarded by wake_mutex_.
  std::stop_source stopping_;
  std::jthread thread_;  // The last member: it uses all of the above.
};

}  // namespace magpie::batch::pipeline

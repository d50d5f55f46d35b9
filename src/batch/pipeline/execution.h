// Execution: a run while it is being worked on: carries out what the policy decides, a thread a task.
//
// Invariant: a change of state is on the disk before anything follows from it. A task is stored as running before its
// first instruction, and its output is sealed before it is stored as succeeded; a crash at any point leaves a run that
// policy.h's recover() can go on with. Outputs themselves are not synced: they can be made again, and a power cut that
// takes one is seen by its checksums (Pipeline::resume).
// Thread-safe. The destructor interrupts.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "batch/pipeline/dag.h"
#include "batch/pipeline/policy.h"
#include "batch/pipeline/run_store.h"
#include "batch/pipeline/task.h"

namespace magpie::batch::pipeline {

// Is told what happens, on the thread that calls step(); must not call the execution.
class ExecutionObserver {
 public:
  ExecutionObserver() = default;
  ExecutionObserver(const ExecutionObserver&) = delete;
  ExecutionObserver& operator=(const ExecutionObserver&) = delete;
  virtual ~ExecutionObserver() = default;

  virtual void task_ended(const PipelineRun& run, const std::string& task) = 0;  // An attempt.
  virtual void sla_missed(const PipelineRun& run) = 0;
  virtual void run_ended(const PipelineRun& run) = 0;
};

// All of it outlives the execution.
struct ExecutionEnvironment {
  const Dag& dag;
  const TaskBodies& bodies;  // One for each task.
  const RunStore& store;
  const Clock& clock;
  ExecutionObserver& observer;
  std::function<void()> wake;  // Called from a task's thread when it has ended: step() has something to do.
};

class Execution {
 public:
  // `run` is stored, and none of its tasks is running.
  Execution(const ExecutionEnvironment& environment, PipelineRun run);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // Records what has ended, asks those that are out of time to stop, starts what is due. Waits for the disk but not for
  // tasks. Errors: those of the store; then nothing was started.
  [[nodiscard]] Status step();
  // Starts one task, for a driver outside. kFailedPrecondition where its upstreams have not succeeded, or it runs.
  [[nodiscard]] Status start(std::string_view task);
  // Asks all tasks to stop, waits until they have, and records them as pending.
  Status interrupt();
  // Changes the run while nothing of it runs, and stores it. Precondition: interrupt() came before, and no step()
  // since.
  [[nodiscard]] Status change(const std::function<void(PipelineRun&)>& change);

  // With the progress of running tasks.
  [[nodiscard]] PipelineRun snapshot() const;
  // Nothing runs, and nothing will by itself.
  [[nodiscard]] bool is_over() const;

 private:
  struct Attempt;

  // All with mutex_ held.
  [[nodiscard]] bool collect(Timestamp now);
  void record(const std::string& task, const Attempt& attempt, Timestamp now);
  void stop_late_tasks(const Decision& decision);
  [[nodiscard]] Status begin(const std::vector<std::string>& tasks, Timestamp now);
  void launch(const std::string& task);

  // The body of an attempt's thread.
  void work(const std::string& task, Attempt& attempt) const;
  [[nodiscard]] Status perform(const std::string& task, Attempt& attempt) const;
  [[nodiscard]] Status make_and_seal(const std::string& task, Attempt& attempt, const Logger& log) const;

  const ExecutionEnvironment environment_;
  mutable std::mutex mutex_;
  mutable std::condition_variable attempt_ended_;
  PipelineRun run_;
  bool ended_ = false;
  bool interrupting_ = false;
  std::map<std::string, std::unique_ptr<Attempt>> attempts_;  // Running ones, and those not recorded yet.
};

}  // namespace magpie::batch::pipeline

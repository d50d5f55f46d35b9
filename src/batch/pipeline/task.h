// What the work of a task gets and gives.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {

// Thread-safe: a task may have threads of its own. References outlive the task.
class TaskContext {
 public:
  struct Place {
    std::filesystem::path run;     // Of the run's files.
    std::filesystem::path output;  // Empty at first; what is in it at the end is the task's output.
  };
  // `run` as it was when the task started.
  TaskContext(const PipelineRun& run, Place place, const Clock& clock, const Logger& log, std::stop_token stop,
              std::atomic<double>& progress)
      : run_(run), place_(std::move(place)), clock_(clock), log_(log), stop_(std::move(stop)), progress_(progress) {}

  [[nodiscard]] const RunPlan& plan() const { return run_.plan; }
  [[nodiscard]] const Logger& log() const { return log_; }
  [[nodiscard]] const std::filesystem::path& output() const { return place_.output; }
  // Beside the output, made by who needs it: what one attempt leaves there the next one finds, after a crash, too. It
  // goes with the outputs of the run.
  [[nodiscard]] std::filesystem::path kept() const { return place_.output.string() + ".kept"; }
  // What another task has made, verified byte for byte. kFailedPrecondition, with what to do, where it is gone or
  // damaged.
  [[nodiscard]] Result<std::filesystem::path> input(std::string_view task) const;

  // 0 to 1.
  void progress(double fraction) { progress_ = fraction; }
  // Facts are kept with the run, for people and for later tasks.
  void note(const std::string& fact, std::string value);
  [[nodiscard]] std::map<std::string, std::string> facts() const;
  [[nodiscard]] std::optional<std::string> fact(std::string_view task, const std::string& name) const;

  // To be called between stages: kUnavailable when the task was asked to stop.
  [[nodiscard]] Status check() const;
  // Sleeps; kUnavailable as soon as the task is asked to stop.
  [[nodiscard]] Status wait_until(Timestamp time) const;

 private:
  const PipelineRun& run_;
  const Place place_;
  const Clock& clock_;
  const Logger& log_;
  const std::stop_token stop_;
  std::atomic<double>& progress_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> facts_;  // Guarded by mutex_.
};

// Idempotent: it may have run before, to any point. What it throws becomes an error of the task.
using TaskBody = std::function<Status(TaskContext&)>;
using TaskBodies = std::map<std::string, TaskBody, std::less<>>;

}  // namespace magpie::batch::pipeline

// What tests of executions and pipelines share: a small Dag, tasks that do as they are told, a directory.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "batch/pipeline/execution.h"
#include "tests/contract/temporary_directory.h"

namespace magpie::batch::pipeline {

inline constexpr Timestamp kHarnessNow = from_unix_ms(1'700'000'000'000);

// start -> left, right -> join -> last; `last` reads no data.
inline Dag harness_dag() {
  const auto task = [](std::string id, std::vector<std::string> upstreams) {
    return TaskSpec{.id = std::move(id),
                    .number = "",
                    .title = "",
                    .upstreams = std::move(upstreams),
                    .timeout = std::chrono::hours(1)};
  };
  auto last = task("last", {"join"});
  last.needs_data = false;
  return *Dag::make(
      {task("start", {}), task("left", {"start"}), task("right", {"start"}), task("join", {"left", "right"}), last});
}

// Each task writes its name after what its upstreams wrote; tests make them fail, and hold them.
class ScriptedTasks {
 public:
  [[nodiscard]] TaskBodies bodies(const Dag& dag) {
    TaskBodies bodies;
    for (const TaskSpec& task : dag.tasks()) {
      bodies[task.id] = [this, task](TaskContext& context) { return run(task, context); };
    }
    return bodies;
  }

  void fail(const std::string& task, std::vector<Error> errors) {
    const std::lock_guard lock(mutex_);
    errors_[task] = std::move(errors);
  }
  // The task waits inside until release(), or until it is asked to stop.
  void hold(const std::string& task) {
    const std::lock_guard lock(mutex_);
    held_[task] = true;
  }
  void release(const std::string& task) {
    const std::lock_guard lock(mutex_);
    held_[task] = false;
    changed_.notify_all();
  }
  void wait_until_inside(const std::string& task) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_[task]; });
  }
  [[nodiscard]] int calls(const std::string& task) {
    const std::lock_guard lock(mutex_);
    return calls_[task];
  }

 private:
  Status run(const TaskSpec& task, TaskContext& context) {
    MAGPIE_RETURN_IF_ERROR(enter(task.id, context));
    std::string text;
    for (const std::string& upstream : task.upstreams) {
      if (!task.needs_data) break;
      MAGPIE_ASSIGN_OR_RETURN(const auto path, context.input(upstream));
      MAGPIE_ASSIGN_OR_RETURN(const std::string read, read_file(path / "text"));
      text += read;
    }
    context.progress(0.5);
    context.note("upstreams", std::to_string(task.upstreams.size()));
    return write_file_atomically(context.output() / "text", text + task.id + ";");
  }

  Status enter(const std::string& task, TaskContext& context) {
    std::unique_lock lock(mutex_);
    ++calls_[task];
    inside_[task] = true;
    changed_.notify_all();
    while (held_[task] && context.check().ok()) changed_.wait_for(lock, std::chrono::milliseconds(1));
    inside_[task] = false;
    MAGPIE_RETURN_IF_ERROR(context.check());
    auto& errors = errors_[task];
    if (errors.empty()) return {};
    const Error error = errors.front();
    errors.erase(errors.begin());
    return error;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<Error>> errors_;  // Of the next calls.
  std::map<std::string, bool> held_;
  std::map<std::string, bool> inside_;
  std::map<std::string, int> calls_;
};

}  // namespace magpie::batch::pipeline

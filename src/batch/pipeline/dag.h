// Dag: the tasks of a pipeline and what each of them waits for.
// Thread-safety: immutable once made.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace magpie::batch::pipeline {

struct TaskSpec {
  std::string id;      // "train_collaborative"; [a-z0-9_]+, also the name of a directory.
  std::string number;  // "6a": for people. Those that differ in the letter alone run in parallel.
  std::string title;   // "Collaborative models"
  std::vector<std::string> upstreams;  // Tasks that must have succeeded before.
  Duration timeout = std::chrono::hours(6);  // Of one attempt.
  bool needs_data = true;  // Whether it reads what other tasks have made.
};

class Dag {
 public:
  // kInvalidArgument: an id twice or badly formed, an upstream that is not there, a cycle, no task at all.
  [[nodiscard]] static Result<Dag> make(std::vector<TaskSpec> tasks);

  // Upstreams come first; otherwise in the order given.
  [[nodiscard]] std::span<const TaskSpec> tasks() const { return tasks_; }
  // nullptr where there is none.
  [[nodiscard]] const TaskSpec* find(std::string_view id) const;
  // The task and all that depend on it, in the order of tasks(): what must run again when it does.
  [[nodiscard]] std::vector<std::string> downstream_of(std::string_view id) const;

 private:
  explicit Dag(std::vector<TaskSpec> tasks) : tasks_(std::move(tasks)) {}

  std::vector<TaskSpec> tasks_;
};

}  // namespace magpie::batch::pipeline

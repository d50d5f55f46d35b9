#include "batch/pipeline/task.h"

#include <algorithm>
#include <condition_variable>

#include "batch/pipeline/task_output.h"

namespace magpie::batch::pipeline {
namespace {

// The injected clock wakes nobody, so it is looked at now and then.
constexpr auto kClockPoll = std::chrono::milliseconds(20);

}  // namespace

Result<std::filesystem::path> TaskContext::input(std::string_view task) const {
  auto path = place_.run / task;
  if (const Status verified = verify_output(path); !verified.ok()) {
    return failed_precondition("the output of " + std::string(task) +
                               " cannot be used, retry from there: " + verified.error().message());
  }
  return path;
}

void TaskContext::note(const std::string& fact, std::string value) {
  const std::lock_guard lock(mutex_);
  facts_[fact] = std::move(value);
}

std::map<std::string, std::string> TaskContext::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

std::optional<std::string> TaskContext::fact(std::string_view task, const std::string& name) const {
  const auto record = run_.tasks.find(task);
  if (record == run_.tasks.end()) return std::nullopt;
  const auto found = record->second.facts.find(name);
  if (found == record->second.facts.end()) return std::nullopt;
  return found->second;
}

Status TaskContext::check() const {
  return stop_.stop_requested() ? Status(unavailable("the task was asked to stop")) : Status();
}

Status TaskContext::wait_until(Timestamp time) const {
  std::mutex sleep_mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(sleep_mutex);
  while (clock_.now() < time && !stop_.stop_requested()) {
    wake.wait_for(lock, stop_, std::min<Duration>(kClockPoll, time - clock_.now()), [] { return false; });
  }
  return check();
}

}  // namespace magpie::batch::pipeline

#include "batch/pipeline/dag.h"

#include <algorithm>
#include <set>
#include <utility>

namespace magpie::batch::pipeline {
namespace {

bool is_task_id(std::string_view id) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !id.empty() && std::ranges::all_of(id, plain);
}

Status check_ids(std::span<const TaskSpec> tasks) {
  if (tasks.empty()) return invalid_argument("tasks", "must not be empty");
  std::set<std::string_view> ids;
  for (const TaskSpec& task : tasks) {
    if (!is_task_id(task.id)) return invalid_argument("tasks", "not an id of a task: '" + task.id + "'");
    if (!ids.insert(task.id).second) return invalid_argument("tasks", "twice: " + task.id);
  }
  for (const TaskSpec& task : tasks) {
    for (const std::string& upstream : task.upstreams) {
      if (!ids.contains(upstream)) return invalid_argument("tasks", task.id + " waits for no task: " + upstream);
    }
  }
  return {};
}

bool all_in(const std::vector<std::string>& upstreams, const std::set<std::string, std::less<>>& ids) {
  return std::ranges::all_of(upstreams, [&ids](const std::string& upstream) { return ids.contains(upstream); });
}

}  // namespace

Result<Dag> Dag::make(std::vector<TaskSpec> tasks) {
  MAGPIE_RETURN_IF_ERROR(check_ids(tasks));
  std::vector<TaskSpec> ordered;
  std::set<std::string, std::less<>> placed;
  while (!tasks.empty()) {
    const auto next = std::ranges::find_if(tasks, [&](const TaskSpec& task) { return all_in(task.upstreams, placed); });
    if (next == tasks.end()) return invalid_argument("tasks", "wait for each other: " + tasks.front().id);
    placed.insert(next->id);
    ordered.push_back(std::move(*next));
    tasks.erase(next);
  }
  return Dag(std::move(ordered));
}

const TaskSpec* Dag::find(std::string_view id) const {
  const auto found = std::ranges::find(tasks_, id, &TaskSpec::id);
  return found == tasks_.end() ? nullptr : &*found;
}

std::vector<std::string> Dag::downstream_of(std::string_view id) const {
  std::vector<std::string> ids;
  for (const TaskSpec& task : tasks_) {
    const bool waits = std::ranges::any_of(
        task.upstreams, [&ids](const std::string& upstream) { return std::ranges::find(ids, upstream) != ids.end(); });
    if (task.id == id || waits) ids.push_back(task.id);
  }
  return ids;
}

}  // namespace magpie::batch::pipeline

#include "batch/pipeline/alert.h"

#include <nlohmann/json.hpp>

namespace magpie::batch::pipeline {

std::string_view to_string(AlertKind kind) {
  switch (kind) {
    case AlertKind::kTaskFailed: return "task_failed";
    case AlertKind::kSlaMissed: return "sla_missed";
    case AlertKind::kRunFailed: return "run_failed";
  }
  return "unknown";
}

std::string to_json(const Alert& alert) {
  nlohmann::json json{{"kind", to_string(alert.kind)},
                      {"time", scheduled_run_id(alert.time).get()},
                      {"run_id", alert.run.get()},
                      {"message", alert.message}};
  if (!alert.task.empty()) json["task"] = alert.task;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace magpie::batch::pipeline

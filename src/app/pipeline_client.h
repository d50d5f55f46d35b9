// What the commands of the pipeline share: a run as text, and waiting for one with its progress.
// Thread-safety: one thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/server_connection.h"
#include "base/status.h"

namespace magpie::app {

// Waits until nothing of the run is going on: on a terminal with a bar a task, elsewhere with a line for each change.
// Gives back the run as it then is.
[[nodiscard]] Result<nlohmann::json> follow_run(ServerConnection& server, const std::string& run_id);

// The same for one task of it; the run may go on.
[[nodiscard]] Result<nlohmann::json> follow_task(ServerConnection& server, const std::string& run_id,
                                                 const std::string& task);

[[nodiscard]] std::string run_path(const std::string& run_id);
// One line of a task: "[######----]  60%  running   6a  train_collaborative  ...".
[[nodiscard]] std::string task_line(const nlohmann::json& task);
// A line for the run, and one for each task.
[[nodiscard]] std::string run_text(const nlohmann::json& run);
// Ok for a run that has succeeded.
[[nodiscard]] Status success_of_run(const nlohmann::json& run);

}  // namespace magpie::app

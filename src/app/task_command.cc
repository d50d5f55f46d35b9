// magpie task ID --run RUN: one task of a run, for a scheduler outside.

#include <cstdio>

#include "app/command.h"
#include "app/pipeline_client.h"
#include "app/server_connection.h"

namespace magpie::app {
namespace {

using nlohmann::json;

class TaskCommand final : public Command {
 public:
  explicit TaskCommand(CLI::App& parent)
      : Command(parent, "task", "One task of a run of the pipeline, for an external scheduler",
                "  magpie task read --data d --run 2026-11-24T02:00:00Z         # the first one makes the run\n"
                "  magpie task filter --data d --run 2026-11-24T02:00:00Z       # `magpie pipeline graph` lists them\n"
                "  magpie task filter --data d --run 2026-11-24T02:00:00Z --force\n"
                "A task that has succeeded is not repeated, unless by --force. The exit status says how it ended.\n") {
    app().add_option("task", task_, "Which task")->required()->type_name("TASK");
    app().add_option("--run", run_, "Which run")->required()->type_name("ID");
    app().add_flag("--force", force_, "Repeat it, though it has succeeded; all after it is pending again");
  }

 private:
  Status run(const Settings& settings) override {
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    const std::string path = run_path(run_) + "/tasks/" + percent_encode(task_);
    MAGPIE_RETURN_IF_ERROR(server->http().call("POST", path + (force_ ? "?force=true" : "")).status());
    MAGPIE_ASSIGN_OR_RETURN(const json ended, follow_task(*server, run_, task_));
    MAGPIE_ASSIGN_OR_RETURN(const auto log, server->http().call("GET", path + "/log"));
    std::printf("%s", log.c_str());
    MAGPIE_RETURN_IF_ERROR(server->finish());
    return success(ended);
  }

  [[nodiscard]] Status success(const json& run) const {
    for (const json& task : run.at("tasks")) {
      if (task.at("id") != task_ || task.at("state") == "succeeded") continue;
      return failed_precondition(task_ + " is " + task.value("state", "") + ": " + task.value("error", ""));
    }
    return {};
  }

  std::string task_;
  std::string run_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_task_command(CLI::App& parent) { return std::make_unique<TaskCommand>(parent); }

}  // namespace magpie::app

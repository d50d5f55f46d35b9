// magpie pipeline run|status|retry|graph: the daily pipeline, through the API.

#include <cstdio>

#include "app/command.h"
#include "app/pipeline_client.h"
#include "app/server_connection.h"
#include "batch/daily_pipeline.h"
#include "batch/pipeline/dag_text.h"

namespace magpie::app {
namespace {

using nlohmann::json;

class PipelineCommand final : public Command {
 public:
  explicit PipelineCommand(CLI::App& parent)
      : Command(
            parent, "pipeline", "The daily pipeline: run it, look at it, go on with it",
            "  magpie pipeline run --data d                      # a canary, half an hour of watching, then rollout\n"
            "  magpie pipeline run --data d --rollout immediate  # the new version serves at once\n"
            "  magpie pipeline status --data d                   # all runs; with --run ID one of them\n"
            "  magpie pipeline retry --data d                    # the newest run, from where it failed\n"
            "  magpie pipeline retry --data d --run ID --from combine\n"
            "  magpie pipeline graph --data d --mermaid          # or --dot, or as text\n") {
    app()
        .add_option("what", what_, "run, status, retry or graph")
        ->required()
        ->check(CLI::IsMember({"run", "status", "retry", "graph"}));
    app()
        .add_option("--run", run_, "Which run; for `run` the name of the new one: a time or any other")
        ->type_name("ID");
    app().add_option("--from", from_, "retry: repeat this task and all after it")->type_name("TASK");
    app()
        .add_option("--rollout", rollout_, "run: how the new version gets to production")
        ->check(CLI::IsMember({"canary", "immediate"}))
        ->capture_default_str();
    auto* const dot = app().add_flag("--dot", dot_, "graph: for Graphviz");
    app().add_flag("--mermaid", mermaid_, "graph: for Mermaid")->excludes(dot);
  }

 private:
  Status run(const Settings& settings) override {
    if (what_ == "graph") return graph();
    MAGPIE_ASSIGN_OR_RETURN(const auto server, ServerConnection::open(data(), settings));
    if (what_ == "status") return status(*server);
    MAGPIE_ASSIGN_OR_RETURN(const json begun, what_ == "run" ? begin(*server) : retry(*server));
    MAGPIE_ASSIGN_OR_RETURN(const json ended, follow_run(*server, begun.value("run_id", "")));
    std::printf("%s", run_text(ended).c_str());
    MAGPIE_RETURN_IF_ERROR(server->finish());
    return success_of_run(ended);
  }

  Status graph() const {
    const auto dag = batch::daily_dag();
    const std::string text = dot_ ? to_dot(dag) : mermaid_ ? to_mermaid(dag) : to_text(dag);
    std::printf("%s", text.c_str());
    return {};
  }

  Result<json> post(ServerConnection& server, const std::string& target) const {
    MAGPIE_ASSIGN_OR_RETURN(const auto body, server.http().call("POST", target));
    return parse_json(body);
  }

  Result<json> begin(ServerConnection& server) const {
    std::string target = "/v1/pipeline/runs?rollout=" + rollout_;
    if (!run_.empty()) target += "&run_id=" + percent_encode(run_);
    return post(server, target);
  }

  Result<json> newest(ServerConnection& server) const {
    MAGPIE_ASSIGN_OR_RETURN(const json list, server.get("/v1/pipeline/runs"));
    if (list.at("runs").empty()) return not_found("there is no run yet");
    return list.at("runs").front();
  }

  Result<json> retry(ServerConnection& server) const {
    std::string id = run_;
    if (id.empty()) {
      MAGPIE_ASSIGN_OR_RETURN(const json run, newest(server));
      id = run.value("run_id", "");
    }
    return post(server, run_path(id) + "/retry" + (from_.empty() ? "" : "?from=" + percent_encode(from_)));
  }

  Status status(ServerConnection& server) const {
    MAGPIE_ASSIGN_OR_RETURN(const json shown, server.get(run_.empty() ? "/v1/pipeline/runs" : run_path(run_)));
    if (!run_.empty()) {
      std::printf("%s", run_text(shown).c_str());
    } else {
      for (const json& run : shown.at("runs")) std::printf("%s\n", run_text(run).c_str());
    }
    return server.finish();
  }

  std::string what_;
  std::string run_;
  std::string from_;
  std::string rollout_ = "canary";
  bool dot_ = false;
  bool mermaid_ = false;
};

}  // namespace

std::unique_ptr<Command> make_pipeline_command(CLI::App& parent) { return std::make_unique<PipelineCommand>(parent); }

}  // namespace magpie::app

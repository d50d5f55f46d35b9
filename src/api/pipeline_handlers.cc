#include "api/pipeline_handlers.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/pipeline_json.h"
#include "batch/pipeline/pipeline.h"

namespace magpie::api {
namespace {

using batch::pipeline::Pipeline;
using batch::pipeline::PipelineRun;
using batch::pipeline::Rollout;
using batch::pipeline::RunId;

// A run that was just begun.
HttpResponse accepted(const Pipeline& pipeline, PipelineRun run) {
  std::string body;
  write_pipeline_run(pipeline.dag(), {std::move(run), true}, body);
  return json_response(std::move(body), 202);
}

Result<Rollout> to_rollout(const Query& query) {
  const std::string text = query.text("rollout");
  if (text.empty() || text == to_string(Rollout::kCanary)) return Rollout::kCanary;
  if (text == to_string(Rollout::kImmediate)) return Rollout::kImmediate;
  return invalid_argument("rollout", "must be canary or immediate");
}

std::optional<std::string> optional_text(const Query& query, std::string_view name) {
  return query.has(name) ? std::optional(query.text(name)) : std::nullopt;
}

Result<std::optional<std::uint32_t>> to_attempt(const Query& query) {
  MAGPIE_ASSIGN_OR_RETURN(const auto count, query.count("attempt"));
  if (!count) return std::optional<std::uint32_t>();
  if (*count == 0 || *count > std::numeric_limits<std::uint32_t>::max()) {
    return invalid_argument("attempt", "must be from 1");
  }
  return std::optional(static_cast<std::uint32_t>(*count));
}

}  // namespace

Result<HttpResponse> post_pipeline_run(HandlerContext& context, HttpRequest& request) {
  Pipeline& pipeline = context.services.pipeline;
  batch::pipeline::RunRequest wanted;
  if (request.query.has("run_id")) wanted.id = RunId(request.query.text("run_id"));
  MAGPIE_ASSIGN_OR_RETURN(wanted.rollout, to_rollout(request.query));
  MAGPIE_ASSIGN_OR_RETURN(auto run, pipeline.start(wanted));
  return accepted(pipeline, std::move(run));
}

Result<HttpResponse> get_pipeline_runs(HandlerContext& context, HttpRequest&) {
  const Pipeline& pipeline = context.services.pipeline;
  const auto going_on = pipeline.going_on();
  MAGPIE_ASSIGN_OR_RETURN(auto runs, pipeline.list());
  std::vector<ShownRun> shown;
  for (PipelineRun& run : runs) {
    const bool goes_on = going_on.contains(run.plan.id);
    shown.push_back({std::move(run), goes_on});
  }
  std::string body;
  write_pipeline_runs(pipeline.dag(), shown, body);
  return json_response(std::move(body));
}

Result<HttpResponse> get_pipeline_run(HandlerContext& context, HttpRequest& request) {
  const Pipeline& pipeline = context.services.pipeline;
  const RunId id(std::move(request.arguments[0]));
  const bool going_on = pipeline.going_on().contains(id);
  MAGPIE_ASSIGN_OR_RETURN(auto run, pipeline.get(id));
  std::string body;
  write_pipeline_run(pipeline.dag(), {std::move(run), going_on}, body);
  return json_response(std::move(body));
}

Result<HttpResponse> post_pipeline_retry(HandlerContext& context, HttpRequest& request) {
  Pipeline& pipeline = context.services.pipeline;
  MAGPIE_ASSIGN_OR_RETURN(auto run,
                          pipeline.retry(RunId(std::move(request.arguments[0])), optional_text(request.query, "from")));
  return accepted(pipeline, std::move(run));
}

Result<HttpResponse> post_pipeline_task(HandlerContext& context, HttpRequest& request) {
  Pipeline& pipeline = context.services.pipeline;
  MAGPIE_ASSIGN_OR_RETURN(const bool force, request.query.flag("force"));
  MAGPIE_ASSIGN_OR_RETURN(auto run,
                          pipeline.start_task(RunId(std::move(request.arguments[0])), request.arguments[1], force));
  return accepted(pipeline, std::move(run));
}

Result<HttpResponse> get_pipeline_task_log(HandlerContext& context, HttpRequest& request) {
  MAGPIE_ASSIGN_OR_RETURN(const auto attempt, to_attempt(request.query));
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  MAGPIE_ASSIGN_OR_RETURN(response.body, context.services.pipeline.log(RunId(std::move(request.arguments[0])),
                                                                       request.arguments[1], attempt));
  return response;
}

}  // namespace magpie::api

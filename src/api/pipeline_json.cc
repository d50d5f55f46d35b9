#include "api/pipeline_json.h"

#include <optional>

#include "api/json_writer.h"
#include "batch/pipeline/policy.h"

namespace magpie::api {
namespace {

using batch::pipeline::Dag;
using batch::pipeline::PipelineRun;
using batch::pipeline::TaskRecord;
using batch::pipeline::TaskSpec;

void write_time(JsonWriter& json, std::string_view name, const std::optional<Timestamp>& time) {
  if (time) json.key(name).integer(to_unix_ms(*time));
}

void write_texts(JsonWriter& json, std::string_view name, const std::map<std::string, std::string>& texts) {
  json.key(name).begin_object();
  for (const auto& [key, text] : texts) json.field(key, text);
  json.end_object();
}

void write_task(JsonWriter& json, const TaskSpec& task, const TaskRecord& record) {
  json.begin_object().field("id", task.id).field("number", task.number).field("title", task.title);
  json.key("upstreams").strings(task.upstreams).field("state", to_string(record.state));
  json.key("progress").number(record.state == batch::pipeline::TaskState::kSucceeded ? 1.0 : record.progress);
  json.key("attempts").unsigned_integer(record.attempts);
  write_time(json, "started_at", record.started_at);
  write_time(json, "ended_at", record.ended_at);
  write_time(json, "retry_at", record.retry_at);
  if (!record.error.empty()) json.field("error", record.error);
  write_texts(json, "facts", record.facts);
  json.end_object();
}

void write_run(JsonWriter& json, const Dag& dag, const ShownRun& shown) {
  const PipelineRun& run = shown.run;
  json.begin_object().field("run_id", run.plan.id.get()).field("state", to_string(run.state));
  json.key("going_on").boolean(shown.going_on);
  json.field("driver", to_string(run.plan.driver)).field("rollout", to_string(run.plan.rollout));
  json.key("progress").number(progress_of(run));
  write_time(json, "created_at", run.plan.created_at);
  write_time(json, "ended_at", run.ended_at);
  write_time(json, "window_start", run.plan.window.start);
  write_time(json, "window_end", run.plan.window.end);
  json.key("sla_missed").boolean(run.sla_missed).key("data_discarded").boolean(run.data_discarded);
  if (!run.error.empty()) json.field("error", run.error);
  write_texts(json, "settings", run.plan.settings);
  json.key("tasks").begin_array();
  for (const TaskSpec& task : dag.tasks()) write_task(json, task, task_of(run, task.id));
  json.end_array().end_object();
}

}  // namespace

void write_pipeline_run(const Dag& dag, const ShownRun& shown, std::string& out) {
  JsonWriter json(out);
  write_run(json, dag, shown);
}

void write_pipeline_runs(const Dag& dag, std::span<const ShownRun> shown, std::string& out) {
  JsonWriter json(out);
  json.begin_object().key("runs").begin_array();
  for (const ShownRun& run : shown) write_run(json, dag, run);
  json.end_array().end_object();
}

}  // namespace magpie::api

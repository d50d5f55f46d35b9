#include "batch/pipeline/run_json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace magpie::batch::pipeline {
namespace {

using Json = nlohmann::json;  // Objects are ordered by key: the text of a value is canonical.

constexpr int kFormat = 1;
constexpr std::array kTaskStates{TaskState::kPending, TaskState::kRunning, TaskState::kSucceeded, TaskState::kFailed,
                                 TaskState::kUpForRetry};
constexpr std::array kRunStates{RunState::kRunning, RunState::kSucceeded, RunState::kFailed};
constexpr std::array kDrivers{Driver::kEngine, Driver::kExternal};
constexpr std::array kRollouts{Rollout::kCanary, Rollout::kImmediate};

// A word of a closed list; an exception of the library's where it is none, as for every other fault of the text.
template <typename Enum, std::size_t N>
Enum word(const Json& json, const std::array<Enum, N>& values) {
  const auto& text = json.get_ref<const std::string&>();
  for (const Enum value : values) {
    if (to_string(value) == text) return value;
  }
  throw Json::other_error::create(501, "no such word: " + text, &json);
}

void put_time(Json& json, const char* name, const std::optional<Timestamp>& time) {
  if (time) json[name] = to_unix_ms(*time);
}

std::optional<Timestamp> get_time(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::nullopt;
  return from_unix_ms(found->get<std::int64_t>());
}

Json to_json(const RunPlan& plan) {
  return {{"run_id", plan.id.get()},
          {"created_at_ms", to_unix_ms(plan.created_at)},
          {"driver", to_string(plan.driver)},
          {"rollout", to_string(plan.rollout)},
          {"window", {{"start_ms", to_unix_ms(plan.window.start)}, {"end_ms", to_unix_ms(plan.window.end)}}},
          {"retry",
           {{"retries", plan.retry.retries},
            {"backoff_ms", plan.retry.backoff.count()},
            {"backoff_limit_ms", plan.retry.backoff_limit.count()}}},
          {"sla_ms", plan.sla.count()},
          {"settings", plan.settings}};
}

RunPlan plan_from_json(const Json& json) {
  RunPlan plan;
  plan.id = RunId(json.at("run_id").get<std::string>());
  plan.created_at = from_unix_ms(json.at("created_at_ms").get<std::int64_t>());
  plan.driver = word(json.at("driver"), kDrivers);
  plan.rollout = word(json.at("rollout"), kRollouts);
  plan.window.start = from_unix_ms(json.at("window").at("start_ms").get<std::int64_t>());
  plan.window.end = from_unix_ms(json.at("window").at("end_ms").get<std::int64_t>());
  plan.retry.retries = json.at("retry").at("retries").get<std::uint32_t>();
  plan.retry.backoff = Duration(json.at("retry").at("backoff_ms").get<std::int64_t>());
  plan.retry.backoff_limit = Duration(json.at("retry").at("backoff_limit_ms").get<std::int64_t>());
  plan.sla = Duration(json.at("sla_ms").get<std::int64_t>());
  plan.settings = json.at("settings").get<std::map<std::string, std::string>>();
  return plan;
}

Json to_json(const TaskRecord& record) {
  Json json{{"state", to_string(record.state)}, {"attempts", record.attempts}, {"failures", record.failures}};
  put_time(json, "started_at_ms", record.started_at);
  put_time(json, "ended_at_ms", record.ended_at);
  put_time(json, "retry_at_ms", record.retry_at);
  if (!record.error.empty()) json["error"] = record.error;
  if (!record.facts.empty()) json["facts"] = record.facts;
  return json;
}

TaskRecord record_from_json(const Json& json) {
  TaskRecord record;
  record.state = word(json.at("state"), kTaskStates);
  record.attempts = json.at("attempts").get<std::uint32_t>();
  record.failures = json.at("failures").get<std::uint32_t>();
  record.started_at = get_time(json, "started_at_ms");
  record.ended_at = get_time(json, "ended_at_ms");
  record.retry_at = get_time(json, "retry_at_ms");
  record.error = json.value("error", std::string());
  record.facts = json.value("facts", std::map<std::string, std::string>());
  record.progress = record.state == TaskState::kSucceeded ? 1 : 0;
  return record;
}

Json to_json(const PipelineRun& run) {
  Json tasks = Json::object();
  for (const auto& [id, record] : run.tasks) tasks[id] = to_json(record);
  Json json = to_json(run.plan);
  json["format"] = kFormat;
  json["state"] = to_string(run.state);
  json["sla_missed"] = run.sla_missed;
  json["data_discarded"] = run.data_discarded;
  json["tasks"] = std::move(tasks);
  put_time(json, "ended_at_ms", run.ended_at);
  if (!run.error.empty()) json["error"] = run.error;
  return json;
}

// What the policy relies on.
Status check(const PipelineRun& run) {
  for (const auto& [id, record] : run.tasks) {
    if (record.state == TaskState::kRunning && !record.started_at) return data_loss(id + " runs since no time");
    if (record.state == TaskState::kUpForRetry && !record.retry_at) return data_loss(id + " is retried at no time");
  }
  for (const Timestamp time : {run.plan.created_at, run.plan.window.start, run.plan.window.end}) {
    if (!is_plausible(time)) return data_loss("a time is out of bounds");
  }
  return validate_run_id("run_id", run.plan.id.get());
}

Result<PipelineRun> run_from_json(const Json& json) {
  PipelineRun run;
  run.plan = plan_from_json(json);
  run.state = word(json.at("state"), kRunStates);
  run.ended_at = get_time(json, "ended_at_ms");
  run.error = json.value("error", std::string());
  run.sla_missed = json.at("sla_missed").get<bool>();
  run.data_discarded = json.at("data_discarded").get<bool>();
  for (const auto& [id, record] : json.at("tasks").items()) run.tasks[id] = record_from_json(record);
  MAGPIE_RETURN_IF_ERROR(check(run));
  return run;
}

// Takes the checksum out of the JSON and compares it with that of the rest.
Status verify(Json& json) {
  if (!json.is_object() || !json.contains("checksum")) return data_loss("run.json has no checksum");
  const Json stored = json.at("checksum");
  json.erase("checksum");
  if (stored != checksum128(json.dump())) return data_loss("run.json does not match its checksum");
  if (json.at("format") == kFormat) return {};
  return failed_precondition("run.json has format " + json.at("format").dump() + "; this Magpie reads format " +
                             std::to_string(kFormat));
}

}  // namespace

Result<std::string> encode_run(const PipelineRun& run) {
  try {
    Json json = to_json(run);
    json["checksum"] = checksum128(json.dump());
    return json.dump(2) + "\n";
  } catch (const Json::exception& error) {
    return invalid_argument("settings", error.what());
  }
}

Result<PipelineRun> decode_run(std::string_view text) {
  try {
    Json json = Json::parse(text);
    MAGPIE_RETURN_IF_ERROR(verify(json));
    return run_from_json(json);
  } catch (const Json::exception& error) {
    return data_loss(std::string("run.json is damaged: ") + error.what());
  }
}

}  // namespace magpie::batch::pipeline

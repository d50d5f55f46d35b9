#include "app/pipeline_client.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <thread>

#include "app/text_table.h"
#include "batch/pipeline/run.h"

namespace magpie::app {
namespace {

using nlohmann::json;

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr std::size_t kBar = 20;

std::string time_text(const json& ms) {
  return batch::pipeline::scheduled_run_id(from_unix_ms(ms.get<std::int64_t>())).get();
}

std::string bar(double fraction) {
  const auto full = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(kBar));
  return "[" + std::string(full, '#') + std::string(kBar - full, '-') + "]";
}

std::string percent(double fraction) {
  const std::string text = std::to_string(static_cast<int>(fraction * 100)) + "%";
  return std::string(4 - std::min<std::size_t>(4, text.size()), ' ') + text;
}

std::string seconds_text(const json& task) {
  if (!task.contains("started_at") || !task.contains("ended_at")) return {};
  const auto ms = task["ended_at"].get<std::int64_t>() - task["started_at"].get<std::int64_t>();
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
}

// "model_version 7, users 943", or the error.
std::string remark(const json& task) {
  if (task.contains("error")) return task["error"].get<std::string>();
  std::string text;
  const json facts = task.value("facts", json::object());
  for (const auto& [name, value] : facts.items()) {
    text += (text.empty() ? "" : ", ") + name + " " + value.get<std::string>();
  }
  return text;
}

// Shows a run again and again: over itself on a terminal, elsewhere only what has changed.
class RunView {
 public:
  void show(const json& run) {
    if (terminal_) {
      if (lines_ > 0) std::fprintf(stderr, "\033[%zuA", lines_);
      lines_ = 0;
      for (const json& task : run.at("tasks")) print("\033[K" + task_line(task));
    } else {
      for (const json& task : run.at("tasks")) show_change(task);
    }
  }

 private:
  void print(const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
    ++lines_;
  }
  void show_change(const json& task) {
    const auto state = task.at("state").get<std::string>();
    std::string& shown = states_[task.at("id").get<std::string>()];
    if (state == shown || (shown.empty() && state == "pending")) return;
    shown = state;
    print("magpie: " + task_line(task));
  }

  const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::size_t lines_ = 0;
  std::map<std::string, std::string> states_;
};

template <typename GoesOn>
Result<json> follow(ServerConnection& server, const std::string& run_id, const GoesOn& goes_on) {
  RunView view;
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(json run, server.get(run_path(run_id)));
    view.show(run);
    if (!goes_on(run)) return run;
    std::this_thread::sleep_for(kPoll);
  }
}

const json& task_in(const json& run, const std::string& id) {
  const json& tasks = run.at("tasks");
  return *std::find_if(tasks.begin(), tasks.end(), [&id](const json& task) { return task.at("id") == id; });
}

}  // namespace

std::string run_path(const std::string& run_id) { return "/v1/pipeline/runs/" + percent_encode(run_id); }

std::string task_line(const json& task) {
  const double progress = task.value("progress", 0.0);
  std::string line = bar(progress) + " " + percent(progress) + "  " + cell(task.value("state", ""), 12) + "  " +
                     cell(task.value("number", ""), 3) + " " + cell(task.value("id", ""), 20) + " " +
                     cell(seconds_text(task), 9) + " " + remark(task);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string run_text(const json& run) {
  std::string text =
      run.value("run_id", "") + "  " + run.value("state", "") + "  since " + time_text(run.at("created_at"));
  if (run.contains("ended_at")) text += "  until " + time_text(run["ended_at"]);
  if (run.value("sla_missed", false)) text += "  late";
  text += "\n";
  for (const json& task : run.at("tasks")) text += "  " + task_line(task) + "\n";
  return text;
}

Status success_of_run(const json& run) {
  if (run.value("state", "") == "succeeded") return {};
  return failed_precondition("run " + run.value("run_id", "") + " has not succeeded: " + run.value("error", ""));
}

Result<json> follow_run(ServerConnection& server, const std::string& run_id) {
  return follow(server, run_id, [](const json& run) { return run.at("going_on").get<bool>(); });
}

Result<json> follow_task(ServerConnection& server, const std::string& run_id, const std::string& task) {
  return follow(server, run_id, [&task](const json& run) {
    return run.at("going_on").get<bool>() && task_in(run, task).at("state") == "running";
  });
}

}  // namespace magpie::app

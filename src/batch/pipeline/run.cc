#include "batch/pipeline/run.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace magpie::batch::pipeline {

Status validate_run_id(std::string_view field, std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-:.+").find(c) != std::string_view::npos;
  };
  const bool valid =
      !id.empty() && id.size() <= kMaxRunIdLength && id.front() != '.' && std::ranges::all_of(id, allowed);
  if (valid) return {};
  return invalid_argument(std::string(field), "must be 1 to " + std::to_string(kMaxRunIdLength) +
                                                  " letters, digits or _-:.+ and not begin with a dot");
}

RunId scheduled_run_id(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return RunId(text.data());
}

std::optional<Timestamp> scheduled_time(const RunId& id) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const int read =
      std::sscanf(id.get().c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (read != 6 || !date.ok()) return std::nullopt;
  const Timestamp time = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                         std::chrono::seconds(second);
  // Whatever else the text may be, it is no time unless it is how this time is written.
  if (!is_plausible(time) || scheduled_run_id(time) != id) return std::nullopt;
  return time;
}

std::string_view to_string(TaskState state) {
  switch (state) {
    case TaskState::kPending: return "pending";
    case TaskState::kRunning: return "running";
    case TaskState::kSucceeded: return "succeeded";
    case TaskState::kFailed: return "failed";
    case TaskState::kUpForRetry: return "up_for_retry";
  }
  return "unknown";
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::kRunning: return "running";
    case RunState::kSucceeded: return "succeeded";
    case RunState::kFailed: return "failed";
  }
  return "unknown";
}

std::string_view to_string(Driver driver) { return driver == Driver::kEngine ? "engine" : "external"; }
std::string_view to_string(Rollout rollout) { return rollout == Rollout::kCanary ? "canary" : "immediate"; }

}  // namespace magpie::batch::pipeline

#include "batch/extraction.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "base/file.h"
#include "batch/sql_script.h"
#include "batch/table_parts.h"

namespace magpie::batch {
namespace {

namespace fs = std::filesystem;

using Views = std::vector<std::string_view>;

constexpr std::array kRules = {"outside_window", "unknown_kind", "value_range",    "value_outlier",
                               "robot_minute",   "robot_hour",   "robot_items",    "robot_round_the_clock",
                               "robot_dwell",    "repeated_id",  "repeated_action"};

// The tables that filter_raw leaves for write_clean.
constexpr std::string_view kValueBounds = "value_bounds";
constexpr std::string_view kRobots = "robots";
constexpr std::string_view kRepeatedIds = "repeated_ids";
constexpr std::string_view kRepeatedActions = "repeated_actions";
constexpr std::string_view kUserHours = "user_hours";

Status check(const ExtractionSettings& settings) {
  const auto longest_row = settings.dwell * static_cast<std::int64_t>(settings.moments_without_dwell);
  if (settings.dwell < Duration(0) || longest_row > std::chrono::minutes(1)) {
    return invalid_argument("moments_without_dwell", "times dwell must be between 0 and a minute");
  }
  if (settings.repeat < Duration(1) || settings.repeat > std::chrono::hours(1)) {
    return invalid_argument("repeat", "must be between 1 ms and an hour");
  }
  if (settings.events_per_file == 0) return invalid_argument("events_per_file", "must not be 0");
  return ok_status();
}

SqlParameters parameters_of(TimeWindow window, const ExtractionSettings& settings) {
  return {{"window_start_ms", to_unix_ms(window.start)},
          {"window_end_ms", to_unix_ms(window.end)},
          {"moments_per_minute", std::int64_t{settings.moments_per_minute}},
          {"moments_per_hour", std::int64_t{settings.moments_per_hour}},
          {"items_per_hour", std::int64_t{settings.items_per_hour}},
          {"round_the_clock_days", std::int64_t{settings.round_the_clock_days}},
          {"dwell_ms", settings.dwell.count()},
          {"moments_without_dwell", std::int64_t{settings.moments_without_dwell}},
          {"largest_value", settings.largest_value},
          {"largest_rating", settings.largest_rating},
          {"robust_z", settings.robust_z},
          {"robust_z_events", std::int64_t{settings.robust_z_events}},
          {"repeat_ms", settings.repeat.count()}};
}

// The queries of sql/extract/, over tables that earlier ones have written.
class Extraction {
 public:
  Extraction(Analytics& analytics, const fs::path& raw, SqlParameters parameters)
      : analytics_(analytics), parameters_(std::move(parameters)) {
    add_table("raw_events", raw / kRawEvents);
    add_table("event_types", raw / kRawEventTypes);
  }

  void add_table(std::string_view name, fs::path location) {
    tables_.push_back({std::string(name), std::move(location)});
  }
  void set(std::string_view parameter, Timestamp time) {
    parameters_.insert_or_assign(std::string(parameter), to_unix_ms(time));
  }

  // Writes a query's rows as a table that later queries read.
  [[nodiscard]] Result<AnalyticsTableSize> write(std::string_view query, const Views& views, const fs::path& to) {
    MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery made, sql_query("extract", query, views, tables_, parameters_));
    return analytics_.write(made, to);
  }
  [[nodiscard]] Status visit(std::string_view query, const Views& views, const Analytics::VisitRows& visitor) {
    MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery made, sql_query("extract", query, views, tables_, parameters_));
    return analytics_.visit(made, visitor);
  }

 private:
  Analytics& analytics_;
  std::vector<AnalyticsTable> tables_;
  SqlParameters parameters_;
};

struct Totals {
  std::uint64_t events = 0;
  std::uint64_t users = 0;
};

std::uint64_t count_at(const AnalyticsRows& rows, std::string_view column, std::size_t row) {
  return static_cast<std::uint64_t>(rows.get<IntegerColumn>(column)[row].value_or(0));
}

Result<Totals> count_events(Analytics& analytics, const fs::path& events) {
  MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery query, sql_query("extract", "totals", {}, {{"events", events}}, {}));
  Totals totals;
  MAGPIE_RETURN_IF_ERROR(analytics.visit(query, [&totals](const AnalyticsRows& rows) {
    totals = {count_at(rows, "events", 0), count_at(rows, "users", 0)};
    return ok_status();
  }));
  return totals;
}

Result<std::vector<RuleCount>> count_rejects(Extraction& extraction) {
  std::vector<RuleCount> counts;
  for (const char* rule : kRules) counts.push_back({rule, 0, 0});
  const Views views = {"events_in_window", "outside_window", "unknown_kind", "value_range", "value_outlier"};
  MAGPIE_RETURN_IF_ERROR(extraction.visit("rejects", views, [&counts](const AnalyticsRows& rows) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto found = std::ranges::find(counts, rows.get<TextColumn>("rule")[row].value_or(""), &RuleCount::rule);
      if (found == counts.end()) return Status(internal_error("the extraction counted a rule without a name"));
      found->events = count_at(rows, "events", row);
      found->users = count_at(rows, "users", row);
    }
    return ok_status();
  }));
  return counts;
}

// Whole days that together have about `events_per_file` events.
Result<std::vector<TimeWindow>> divide(Extraction& extraction, TimeWindow window, std::uint64_t events_per_file) {
  std::vector<TimeWindow> parts{window};
  std::uint64_t events = 0;
  MAGPIE_RETURN_IF_ERROR(extraction.visit("days", {"events_in_window"}, [&](const AnalyticsRows& days) {
    for (std::size_t row = 0; row < days.size(); ++row) {
      const Timestamp day = from_unix_ms(days.get<IntegerColumn>("day_ms")[row].value_or(0));
      const std::uint64_t of_day = count_at(days, "events", row);
      if (events > 0 && events + of_day > events_per_file) {
        parts.back().end = day;
        parts.push_back({day, window.end});
        events = 0;
      }
      events += of_day;
    }
    return ok_status();
  }));
  return parts;
}

}  // namespace

Result<ExtractionReport> filter_raw(Analytics& analytics, const fs::path& raw, TimeWindow window,
                                    const ExtractionSettings& settings, const fs::path& filtered) {
  MAGPIE_RETURN_IF_ERROR(check(settings));
  Extraction extraction(analytics, raw, parameters_of(window, settings));
  const auto write = [&](std::string_view query, std::string_view table, const Views& views) -> Status {
    MAGPIE_RETURN_IF_ERROR(extraction.write(query, views, filtered / table).status());
    extraction.add_table(table, filtered / table);
    return ok_status();
  };
  MAGPIE_RETURN_IF_ERROR(write("value_bounds", kValueBounds, {"events_in_window"}));
  MAGPIE_RETURN_IF_ERROR(write("user_hours", kUserHours, {"events_in_window"}));
  MAGPIE_RETURN_IF_ERROR(write("robots", kRobots,
                               {"events_in_window", "suspects", "robot_minute", "robot_hour", "robot_items",
                                "robot_round_the_clock", "robot_dwell"}));
  MAGPIE_RETURN_IF_ERROR(write("repeated_id", kRepeatedIds, {"events_in_window", "accepted_events"}));
  MAGPIE_RETURN_IF_ERROR(
      write("repeated_action", kRepeatedActions, {"events_in_window", "accepted_events", "unique_events"}));

  ExtractionReport report;
  report.window = window;
  MAGPIE_ASSIGN_OR_RETURN(const Totals read, count_events(analytics, raw / kRawEvents));
  report.events_read = read.events;
  report.users_read = read.users;
  MAGPIE_ASSIGN_OR_RETURN(report.rules, count_rejects(extraction));
  MAGPIE_RETURN_IF_ERROR(write_file_atomically(filtered / kExtractionReport, to_json(report)));
  return report;
}

Result<ExtractionReport> write_clean(Analytics& analytics, const fs::path& raw, const fs::path& filtered,
                                     TimeWindow window, const ExtractionSettings& settings, const fs::path& clean) {
  MAGPIE_RETURN_IF_ERROR(check(settings));
  MAGPIE_ASSIGN_OR_RETURN(const std::string filter_report, read_file(filtered / kExtractionReport));
  MAGPIE_ASSIGN_OR_RETURN(ExtractionReport report, parse_extraction_report(filter_report));
  Extraction extraction(analytics, raw, parameters_of(window, settings));
  for (const std::string_view table : {kValueBounds, kRobots, kRepeatedIds, kRepeatedActions}) {
    extraction.add_table(table, filtered / table);
  }
  const fs::path events = clean / kCleanEvents;
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(events));  // Of an earlier run with other parts.
  MAGPIE_ASSIGN_OR_RETURN(const auto parts, divide(extraction, window, settings.events_per_file));
  for (std::size_t number = 0; number < parts.size(); ++number) {
    extraction.set("from_ms", parts[number].start);
    extraction.set("until_ms", parts[number].end);
    MAGPIE_RETURN_IF_ERROR(
        extraction
            .write("clean_events", {"events_in_window", "accepted_events", "unique_events"}, events / part_name(number))
            .status());
  }
  MAGPIE_ASSIGN_OR_RETURN(const Totals kept, count_events(analytics, events));
  report.events_kept = kept.events;
  report.users_kept = kept.users;
  MAGPIE_RETURN_IF_ERROR(write_file_atomically(clean / kExtractionReport, to_json(report)));
  return report;
}

}  // namespace magpie::batch

// Extraction: the window of history -> clean events, in three steps that each leave a directory behind.
//
//   read_raw     history, catalogue, kinds of event -> <raw>/{events,items,event_types}
//   filter_raw   what to reject, by rule (sql/extract/) -> <filtered>/..., report.json
//   write_clean  the events that are left -> <clean>/events, report.json
//
// A rule is one file of SQL with named thresholds. An ordinary user who is taken for a robot loses everything, a robot
// that is missed costs little: the thresholds are far above what people do. Rates count moments (distinct times), not
// events: an import that stamps hundreds of events with one time, or with whole seconds, is no robot.
// Each step is idempotent (running it again replaces what it wrote) and deterministic: same raw data, same bytes.
// Formats: docs/formats/clean_events.md, docs/formats/extraction_report.md.
// Thread-safety: functions of their arguments; one run of a step a directory. Errors: those of the ports.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/catalogue.h"
#include "model/event_type.h"
#include "ports/analytics.h"
#include "ports/history_store.h"

namespace magpie::batch {

// A threshold is the most that is still accepted.
struct ExtractionSettings {
  // Robots: all events of such a user are rejected. Impressions do not count: the engine made them.
  std::uint32_t moments_per_minute = 120;         // Within a clock minute, UTC.
  std::uint32_t moments_per_hour = 2400;          // Within a clock hour, UTC.
  std::uint32_t items_per_hour = 1500;            // Distinct items, each at a moment of its own.
  std::uint32_t round_the_clock_days = 0;         // Days (UTC) with interactions in each of their 24 hours.
  Duration dwell = std::chrono::milliseconds(50);  // Shorter than this between two moments: nobody looked.
  std::uint32_t moments_without_dwell = 100;      // In a row.
  // Outliers: such an event is rejected.
  double largest_value = 1e9;      // Of |value|, any kind of event.
  double largest_rating = 100;     // Of |value|, kind `rating`.
  double robust_z = 16;            // Of ln(1 + |value|) among the values of its kind that are not 0.
  std::uint32_t robust_z_events = 1000;  // Kinds with fewer such values are not judged.
  // Duplicates: the earliest event stays.
  Duration repeat = std::chrono::milliseconds(500);  // Same user, item and kind (impressions: and request).
  std::uint64_t events_per_file = 5'000'000;  // Clean events sorted and written together; days are not divided.
};

// Where the steps leave their tables, relative to their directory.
inline constexpr std::string_view kRawEvents = "events";
inline constexpr std::string_view kRawItems = "items";
inline constexpr std::string_view kRawEventTypes = "event_types";
inline constexpr std::string_view kCleanEvents = "events";
inline constexpr std::string_view kExtractionReport = "report.json";

struct RuleCount {
  std::string rule;          // "robot_minute", ...
  std::uint64_t events = 0;  // That the rule rejects; another rule may reject them, too.
  std::uint64_t users = 0;   // Of these events.
  friend bool operator==(const RuleCount&, const RuleCount&) = default;
};

struct ExtractionReport {
  TimeWindow window;
  std::uint64_t events_read = 0;
  std::uint64_t users_read = 0;
  std::uint64_t events_kept = 0;  // 0 before write_clean.
  std::uint64_t users_kept = 0;
  std::vector<RuleCount> rules;  // Every rule, in the order of docs/formats/extraction_report.md.
};

[[nodiscard]] std::string to_json(const ExtractionReport& report);
[[nodiscard]] Result<ExtractionReport> parse_extraction_report(std::string_view json);

[[nodiscard]] Status read_raw(HistoryStore& history, const CatalogueSnapshot& catalogue, const EventTypes& types,
                              Analytics& analytics, TimeWindow window, const std::filesystem::path& raw);

[[nodiscard]] Result<ExtractionReport> filter_raw(Analytics& analytics, const std::filesystem::path& raw,
                                                  TimeWindow window, const ExtractionSettings& settings,
                                                  const std::filesystem::path& filtered);

// Its events are what Analytics::scan_events(<clean>/events) reads.
[[nodiscard]] Result<ExtractionReport> write_clean(Analytics& analytics, const std::filesystem::path& raw,
                                                   const std::filesystem::path& filtered, TimeWindow window,
                                                   const ExtractionSettings& settings,
                                                   const std::filesystem::path& clean);

}  // namespace magpie::batch

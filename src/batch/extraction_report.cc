#include <nlohmann/json.hpp>

#include "batch/extraction.h"

namespace magpie::batch {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

ExtractionReport report_from(const json& value) {
  ExtractionReport report;
  report.window = {from_unix_ms(value.at("window_start_ms").get<std::int64_t>()),
                   from_unix_ms(value.at("window_end_ms").get<std::int64_t>())};
  report.events_read = value.at("events_read").get<std::uint64_t>();
  report.users_read = value.at("users_read").get<std::uint64_t>();
  report.events_kept = value.at("events_kept").get<std::uint64_t>();
  report.users_kept = value.at("users_kept").get<std::uint64_t>();
  for (const json& rule : value.at("rules")) {
    report.rules.push_back({rule.at("rule").get<std::string>(), rule.at("events").get<std::uint64_t>(),
                            rule.at("users").get<std::uint64_t>()});
  }
  return report;
}

}  // namespace

std::string to_json(const ExtractionReport& report) {
  json rules = json::array();
  for (const RuleCount& count : report.rules) {
    rules.push_back({{"rule", count.rule}, {"events", count.events}, {"users", count.users}});
  }
  const json value = {{"format", kFormat},
                      {"window_start_ms", to_unix_ms(report.window.start)},
                      {"window_end_ms", to_unix_ms(report.window.end)},
                      {"events_read", report.events_read},
                      {"users_read", report.users_read},
                      {"events_kept", report.events_kept},
                      {"users_kept", report.users_kept},
                      {"rules", std::move(rules)}};
  return value.dump(1) + "\n";
}

Result<ExtractionReport> parse_extraction_report(std::string_view text) {
  try {
    const json value = json::parse(text);
    const int format = value.at("format").get<int>();
    if (format != kFormat) return failed_precondition("an extraction report of format " + std::to_string(format));
    return report_from(value);
  } catch (const json::exception& failure) {
    return data_loss(std::string("extraction report: ") + failure.what());
  }
}

}  // namespace magpie::batch

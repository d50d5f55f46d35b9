#include "adapters/embedded/duck_history_scan.h"

#include <algorithm>
#include <vector>

#include "adapters/embedded/duck_event_table.h"

namespace magpie::embedded {
namespace {

// Stands for an event id in the search for repeated ones: 128 bits, so that no two ids share it by chance. Aggregation
// over keys of fixed width keeps to its memory where one over the ids themselves does not.
constexpr const char* kIdKey = "md5_number(event_id)";

}  // namespace

HistoryScan::HistoryScan(DuckSession& session, const EventTypes& types, TimeWindow window)
    : session_(session),
      types_(types),
      in_window_("timestamp_ms >= " + std::to_string(to_unix_ms(window.start)) + " AND timestamp_ms < " +
                 std::to_string(to_unix_ms(window.end))) {}

Status HistoryScan::find_repeated(const std::string& table) {
  MAGPIE_RETURN_IF_ERROR(session_.run("CREATE TEMP TABLE suspects AS SELECT hash(event_id) AS id_hash FROM " + table +
                                      " WHERE " + in_window_ + " GROUP BY id_hash HAVING count(*) > 1"));
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> one, session_.texts("SELECT 'x' FROM suspects LIMIT 1"));
  any_repeated_ = !one.empty();
  if (!any_repeated_) return ok_status();
  return session_.run(std::string("CREATE TEMP TABLE repeated AS SELECT ") + kIdKey +
                      " AS id_key, min(timestamp_ms) AS first_ms FROM " + table + " WHERE " + in_window_ +
                      " AND hash(event_id) IN (FROM suspects) GROUP BY id_key HAVING count(*) > 1");
}

std::string HistoryScan::rows_of(const std::string& table) const {
  if (!any_repeated_) return table + " WHERE " + in_window_;
  return "(SELECT rows.* FROM " + table + " AS rows LEFT JOIN repeated ON " + kIdKey + " = id_key WHERE " + in_window_ +
         " AND (first_ms IS NULL OR timestamp_ms = first_ms))";
}

Status HistoryScan::visit_table(const std::string& table, const HistoryStore::Visit& visit) {
  // Events with one id and one time are neighbours in this order, also across chunks.
  EventId last;
  std::vector<Event> events;
  const std::string sql = "SELECT * FROM " + rows_of(table) + " ORDER BY timestamp_ms, event_id";
  return session_.query(sql, [&](duckdb_data_chunk chunk) {
    events.clear();
    decode_events(chunk, types_, events);
    const auto same_id = [](const Event& a, const Event& b) { return a.id == b.id; };
    events.erase(std::unique(events.begin(), events.end(), same_id), events.end());
    if (!events.empty() && events.front().id == last) events.erase(events.begin());
    if (events.empty()) return ok_status();
    last = events.back().id;
    return visit(events);
  });
}

}  // namespace magpie::embedded

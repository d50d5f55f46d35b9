// The columns of an event in DuckDB and in history's Parquet files (docs/formats/history.md), and both ways between
// them and Event.
// Thread-safety: functions of their arguments.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/duck_session.h"
#include "model/event.h"

namespace magpie::embedded {

// "event_id VARCHAR, user_id VARCHAR, ...": the columns, in their order.
[[nodiscard]] std::string event_columns_sql();

// Adds the events to a table that has these columns and nothing else.
[[nodiscard]] Status append_events(const DuckSession& session, const std::string& table,
                                   std::span<const Event* const> events, const EventTypes& types);

// Appends the chunk's events to `out`. Events of a kind that is no longer configured are left out: they stay in the
// files and come back with the kind.
void decode_events(duckdb_data_chunk chunk, const EventTypes& types, std::vector<Event>& out);

}  // namespace magpie::embedded

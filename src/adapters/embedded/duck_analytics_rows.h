// AnalyticsRows in DuckDB, both ways.
// Thread-safety: functions of their arguments.
#pragma once

#include <string>
#include <vector>

#include "adapters/embedded/duck_session.h"
#include "ports/analytics.h"

namespace magpie::embedded {

// The rows of a chunk; one name a column. kInternal for a column of a type that AnalyticsRows does not have.
[[nodiscard]] Result<AnalyticsRows> rows_of(duckdb_data_chunk chunk, const std::vector<std::string>& names);

// "\"user_id\" VARCHAR, ...": the columns of a table for these rows.
[[nodiscard]] std::string columns_sql_of(const AnalyticsRows& rows);
// Appends the rows to a table that has these columns.
[[nodiscard]] Status append_rows(const DuckSession& session, const std::string& table, const AnalyticsRows& rows);

}  // namespace magpie::embedded

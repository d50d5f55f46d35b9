// Queries made of the texts of sql/ (docs/adr/0009-one-sql-text.md).
// Thread-safety: functions of their arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "ports/analytics.h"

namespace magpie::batch {

// Numbers only: no text from outside gets into a query.
using SqlNumber = std::variant<std::int64_t, double>;
using SqlParameters = std::map<std::string, SqlNumber, std::less<>>;

// sql/<name>.sql with its ${parameters} replaced. An integer is written as such, a double with an exponent (SQL reads
// 0.5 as a decimal, 5e-1 as a double). Errors: kInternal (no such text or parameter), kInvalidArgument (a double that
// is not finite).
[[nodiscard]] Result<std::string> sql_text(std::string_view name, const SqlParameters& parameters);

// The query sql/<folder>/<name>.sql, which may read `tables` and `views`: other texts of the folder, each after those
// that it reads.
[[nodiscard]] Result<AnalyticsQuery> sql_query(std::string_view folder, std::string_view name,
                                               std::span<const std::string_view> views,
                                               std::vector<AnalyticsTable> tables, const SqlParameters& parameters);

}  // namespace magpie::batch

#include "adapters/embedded/duck_analytics_rows.h"

#include <cstdint>
#include <type_traits>
#include <utility>

namespace magpie::embedded {
namespace {

using LogicalType = DuckHandle<duckdb_logical_type, duckdb_destroy_logical_type>;
using Appender = DuckHandle<duckdb_appender, duckdb_appender_destroy>;
using Value = DuckHandle<duckdb_value, duckdb_destroy_value>;

bool is_valid(duckdb_vector vector, idx_t row) {
  const std::uint64_t* validity = duckdb_vector_get_validity(vector);
  return validity == nullptr || (validity[row / 64] >> (row % 64) & 1U) != 0;
}

template <typename Stored, typename Column>
Column numbers(duckdb_vector vector, idx_t size) {
  const auto* stored = static_cast<const Stored*>(duckdb_vector_get_data(vector));
  Column column(size);
  for (idx_t row = 0; row < size; ++row) {
    if (is_valid(vector, row)) column[row] = static_cast<typename Column::value_type::value_type>(stored[row]);
  }
  return column;
}

TextColumn texts(duckdb_vector vector, idx_t size) {
  TextColumn column(size);
  for (idx_t row = 0; row < size; ++row) {
    if (is_valid(vector, row)) column[row] = duck_text(vector, row);
  }
  return column;
}

ListColumn lists(duckdb_vector vector, idx_t size) {
  const auto* entries = static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(vector));
  const duckdb_vector child = duckdb_list_vector_get_child(vector);
  ListColumn column(size);
  for (idx_t row = 0; row < size; ++row) {
    if (!is_valid(vector, row)) continue;
    for (idx_t i = 0; i < entries[row].length; ++i) column[row].emplace_back(duck_text(child, entries[row].offset + i));
  }
  return column;
}

using Values = decltype(AnalyticsColumn::values);

Result<Values> values_of(duckdb_vector vector, idx_t size, const std::string& name) {
  const LogicalType type(duckdb_vector_get_column_type(vector));
  switch (duckdb_get_type_id(type.get())) {
    case DUCKDB_TYPE_VARCHAR: return Values(texts(vector, size));
    case DUCKDB_TYPE_LIST: return Values(lists(vector, size));
    case DUCKDB_TYPE_BOOLEAN: return Values(numbers<bool, IntegerColumn>(vector, size));
    case DUCKDB_TYPE_INTEGER: return Values(numbers<std::int32_t, IntegerColumn>(vector, size));
    case DUCKDB_TYPE_BIGINT: return Values(numbers<std::int64_t, IntegerColumn>(vector, size));
    case DUCKDB_TYPE_UINTEGER: return Values(numbers<std::uint32_t, IntegerColumn>(vector, size));
    case DUCKDB_TYPE_UBIGINT: return Values(numbers<std::uint64_t, IntegerColumn>(vector, size));
    case DUCKDB_TYPE_FLOAT: return Values(numbers<float, RealColumn>(vector, size));
    case DUCKDB_TYPE_DOUBLE: return Values(numbers<double, RealColumn>(vector, size));
    default: return internal_error("column " + name + " is neither text, integer, double nor list: cast it");
  }
}

const char* sql_type(const Values& values) {
  constexpr const char* kTypes[] = {"VARCHAR", "BIGINT", "DOUBLE", "VARCHAR[]"};
  return kTypes[values.index()];
}

duckdb_state append_value(duckdb_appender appender, const std::string& text) {
  return duckdb_append_varchar_length(appender, text.data(), text.size());
}
duckdb_state append_value(duckdb_appender appender, std::int64_t integer) {
  return duckdb_append_int64(appender, integer);
}
duckdb_state append_value(duckdb_appender appender, double real) { return duckdb_append_double(appender, real); }

template <typename T>
duckdb_state append_cell(duckdb_appender appender, const std::optional<T>& cell) {
  return cell ? append_value(appender, *cell) : duckdb_append_null(appender);
}

duckdb_state append_cell(duckdb_appender appender, const std::vector<std::string>& list) {
  const LogicalType type(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
  std::vector<Value> owners;
  std::vector<duckdb_value> values;
  for (const std::string& text : list) {
    owners.emplace_back(duckdb_create_varchar_length(text.data(), text.size()));
    values.push_back(owners.back().get());
  }
  duckdb_value none = nullptr;  // An empty list, too, needs a place where its values would be.
  const Value value(duckdb_create_list_value(type.get(), values.empty() ? &none : values.data(), values.size()));
  return duckdb_append_value(appender, value.get());
}

Error append_error(duckdb_appender appender) {
  const char* reason = duckdb_appender_error(appender);
  return resource_exhausted(reason == nullptr ? "DuckDB took no more rows" : reason);
}

}  // namespace

Result<AnalyticsRows> rows_of(duckdb_data_chunk chunk, const std::vector<std::string>& names) {
  AnalyticsRows rows;
  const idx_t size = duckdb_data_chunk_get_size(chunk);
  for (std::size_t c = 0; c < names.size(); ++c) {
    MAGPIE_ASSIGN_OR_RETURN(Values values, values_of(duckdb_data_chunk_get_vector(chunk, c), size, names[c]));
    rows.columns.push_back({names[c], std::move(values)});
  }
  return rows;
}

std::string columns_sql_of(const AnalyticsRows& rows) {
  std::string sql;
  for (const AnalyticsColumn& column : rows.columns) {
    sql.append(sql.empty() ? "" : ", ").append(sql_name(column.name)).append(" ").append(sql_type(column.values));
  }
  return sql;
}

Status append_rows(const DuckSession& session, const std::string& table, const AnalyticsRows& rows) {
  duckdb_appender raw_appender = nullptr;
  const duckdb_state created = duckdb_appender_create(session.connection(), nullptr, table.c_str(), &raw_appender);
  const Appender appender(raw_appender);
  if (created != DuckDBSuccess) return internal_error("cannot append to table " + table);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const AnalyticsColumn& column : rows.columns) {
      const auto append = [&](const auto& values) { return append_cell(appender.get(), values[row]); };
      if (std::visit(append, column.values) != DuckDBSuccess) return append_error(appender.get());
    }
    if (duckdb_appender_end_row(appender.get()) != DuckDBSuccess) return append_error(appender.get());
  }
  if (duckdb_appender_close(appender.get()) != DuckDBSuccess) return append_error(appender.get());
  return ok_status();
}

}  // namespace magpie::embedded

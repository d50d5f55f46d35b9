#include "adapters/embedded/duck_event_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace magpie::embedded {
namespace {

enum Column : std::size_t {
  kEventId,
  kUserId,
  kItemId,
  kType,
  kTimestamp,
  kValue,
  kSession,
  kRequest,
  kSurface,
  kDevice,
  kRegion,
  kCategories,
  kPosition,
  kModelVersion,
  kPropensity,
  kColumns,
};

struct ColumnType {
  const char* name;
  const char* sql;
};
constexpr std::array<ColumnType, kColumns> kTypes{{
    {"event_id", "VARCHAR"},
    {"user_id", "VARCHAR"},
    {"item_id", "VARCHAR"},
    {"type", "VARCHAR"},
    {"timestamp_ms", "BIGINT"},
    {"value", "DOUBLE"},
    {"session_id", "VARCHAR"},
    {"request_id", "VARCHAR"},
    {"surface", "VARCHAR"},
    {"device", "VARCHAR"},
    {"region", "VARCHAR"},
    {"categories", "VARCHAR[]"},
    {"position", "UINTEGER"},
    {"model_version", "UBIGINT"},
    {"propensity", "FLOAT"},
}};

using Appender = DuckHandle<duckdb_appender, duckdb_appender_destroy>;

void set_null(duckdb_vector vector, idx_t row) {
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

template <typename T>
void set_number(duckdb_vector vector, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(vector))[row] = value;
}

// Bytes that are not UTF-8 become NULL (DuckDB checks): Parquet promises UTF-8 to its readers.
void set_text(duckdb_vector vector, idx_t row, std::string_view text) {
  duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
}

void set_optional_text(duckdb_vector vector, idx_t row, std::string_view text) {
  if (text.empty()) {
    set_null(vector, row);
  } else {
    set_text(vector, row, text);
  }
}

// Writes events into the rows of one chunk.
class ChunkWriter {
 public:
  ChunkWriter(duckdb_data_chunk chunk, const EventTypes& types) : chunk_(chunk), types_(types) {
    for (idx_t c = 0; c < kColumns; ++c) vectors_[c] = duckdb_data_chunk_get_vector(chunk, c);
  }

  void write(std::span<const Event* const> events) {
    for (idx_t row = 0; row < events.size(); ++row) {
      write_ids(row, *events[row]);
      write_context(row, *events[row]);
      write_impression(row, *events[row]);
    }
    write_categories(events);
    duckdb_data_chunk_set_size(chunk_, events.size());
  }

 private:
  void write_ids(idx_t row, const Event& event) {
    set_text(vectors_[kEventId], row, event.id.get());
    set_text(vectors_[kUserId], row, event.user.get());
    set_text(vectors_[kItemId], row, event.item.get());
    set_text(vectors_[kType], row, types_[event.type].name);
    set_number<std::int64_t>(vectors_[kTimestamp], row, to_unix_ms(event.time));
    set_number(vectors_[kValue], row, event.value);
  }

  void write_context(idx_t row, const Event& event) {
    set_optional_text(vectors_[kSession], row, event.session.get());
    set_optional_text(vectors_[kRequest], row, event.request.get());
    set_optional_text(vectors_[kSurface], row, event.context.surface);
    set_optional_text(vectors_[kDevice], row, event.context.device);
    set_optional_text(vectors_[kRegion], row, event.context.region);
  }

  void write_impression(idx_t row, const Event& event) {
    if (event.position) {
      set_number(vectors_[kPosition], row, *event.position);
    } else {
      set_null(vectors_[kPosition], row);
    }
    if (event.model_version.get() != 0) {
      set_number(vectors_[kModelVersion], row, event.model_version.get());
    } else {
      set_null(vectors_[kModelVersion], row);
    }
    if (event.propensity) {
      set_number(vectors_[kPropensity], row, *event.propensity);
    } else {
      set_null(vectors_[kPropensity], row);
    }
  }

  // The lists share one child vector, which must be reserved before it is looked at.
  void write_categories(std::span<const Event* const> events) {
    idx_t total = 0;
    for (const Event* event : events) total += event->categories.size();
    const duckdb_vector lists = vectors_[kCategories];
    duckdb_list_vector_reserve(lists, total);
    const duckdb_vector child = duckdb_list_vector_get_child(lists);
    idx_t next = 0;
    for (idx_t row = 0; row < events.size(); ++row) {
      set_number(lists, row, duckdb_list_entry{next, events[row]->categories.size()});
      for (const std::string& category : events[row]->categories) set_text(child, next++, category);
    }
    duckdb_list_vector_set_size(lists, total);
  }

  duckdb_data_chunk chunk_;
  const EventTypes& types_;
  std::array<duckdb_vector, kColumns> vectors_{};
};

Result<Appender> open_appender(const DuckSession& session, const std::string& table) {
  duckdb_appender appender = nullptr;
  const duckdb_state state = duckdb_appender_create(session.connection(), nullptr, table.c_str(), &appender);
  Appender owner(appender);
  if (state != DuckDBSuccess) return internal_error("cannot append to table " + table);
  return owner;
}

DuckChunk make_chunk(duckdb_appender appender) {
  std::array<duckdb_logical_type, kColumns> types{};
  for (idx_t c = 0; c < kColumns; ++c) types[c] = duckdb_appender_column_type(appender, c);
  DuckChunk chunk(duckdb_create_data_chunk(types.data(), kColumns));
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  return chunk;
}

Error append_error(duckdb_appender appender) {
  const char* reason = duckdb_appender_error(appender);
  return resource_exhausted(reason == nullptr ? "DuckDB took no more rows" : reason);
}

// Reads the rows of one chunk. Its last column may be missing: events from before propensities were recorded.
class ChunkReader {
 public:
  ChunkReader(duckdb_data_chunk chunk, const EventTypes& types)
      : types_(types), columns_(std::min<idx_t>(kColumns, duckdb_data_chunk_get_column_count(chunk))) {
    for (idx_t c = 0; c < columns_; ++c) {
      vectors_[c] = duckdb_data_chunk_get_vector(chunk, c);
      validity_[c] = duckdb_vector_get_validity(vectors_[c]);
    }
    child_ = duckdb_list_vector_get_child(vectors_[kCategories]);
  }

  [[nodiscard]] std::optional<EventType> type(idx_t row) const { return types_.find(text(kType, row)); }

  [[nodiscard]] Event event(idx_t row, EventType type) const {
    Event event;
    event.id = EventId(std::string(text(kEventId, row)));
    event.user = UserId(std::string(text(kUserId, row)));
    event.item = ItemId(std::string(text(kItemId, row)));
    event.type = type;
    event.time = from_unix_ms(number<std::int64_t>(kTimestamp, row));
    event.value = number<double>(kValue, row);
    event.session = SessionId(std::string(text(kSession, row)));
    event.request = RequestId(std::string(text(kRequest, row)));
    event.context.surface = text(kSurface, row);
    event.context.device = text(kDevice, row);
    event.context.region = text(kRegion, row);
    if (valid(kCategories, row)) read_categories(row, event.categories);
    if (valid(kPosition, row)) event.position = number<std::uint32_t>(kPosition, row);
    if (valid(kModelVersion, row)) event.model_version = ModelVersion(number<std::uint64_t>(kModelVersion, row));
    if (valid(kPropensity, row)) event.propensity = number<float>(kPropensity, row);
    return event;
  }

 private:
  [[nodiscard]] bool valid(Column column, idx_t row) const {
    if (column >= columns_) return false;
    return validity_[column] == nullptr || (validity_[column][row / 64] >> (row % 64) & 1U) != 0;
  }
  [[nodiscard]] std::string_view text(Column column, idx_t row) const { return duck_text(vectors_[column], row); }
  template <typename T>
  [[nodiscard]] T number(Column column, idx_t row) const {
    return static_cast<const T*>(duckdb_vector_get_data(vectors_[column]))[row];
  }
  void read_categories(idx_t row, std::vector<std::string>& out) const {
    const auto list = number<duckdb_list_entry>(kCategories, row);
    out.reserve(list.length);
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) out.emplace_back(duck_text(child_, i));
  }

  const EventTypes& types_;
  const idx_t columns_;
  std::array<duckdb_vector, kColumns> vectors_{};
  std::array<std::uint64_t*, kColumns> validity_{};
  duckdb_vector child_ = nullptr;
};

}  // namespace

std::string event_columns_sql() {
  std::string sql;
  for (const ColumnType& column : kTypes) {
    if (!sql.empty()) sql.append(", ");
    sql.append(column.name).append(" ").append(column.sql);
  }
  return sql;
}

Status append_events(const DuckSession& session, const std::string& table, std::span<const Event* const> events,
                     const EventTypes& types) {
  MAGPIE_ASSIGN_OR_RETURN(const Appender appender, open_appender(session, table));
  const DuckChunk chunk = make_chunk(appender.get());
  while (!events.empty()) {
    const std::size_t rows = std::min<std::size_t>(events.size(), duckdb_vector_size());
    duckdb_data_chunk_reset(chunk.get());
    ChunkWriter(chunk.get(), types).write(events.first(rows));
    if (duckdb_append_data_chunk(appender.get(), chunk.get()) != DuckDBSuccess) return append_error(appender.get());
    events = events.subspan(rows);
  }
  if (duckdb_appender_close(appender.get()) != DuckDBSuccess) return append_error(appender.get());
  return ok_status();
}

void decode_events(duckdb_data_chunk chunk, const EventTypes& types, std::vector<Event>& out) {
  const ChunkReader reader(chunk, types);
  const idx_t rows = duckdb_data_chunk_get_size(chunk);
  for (idx_t row = 0; row < rows; ++row) {
    if (const auto type = reader.type(row)) out.push_back(reader.event(row, *type));
  }
}

}  // namespace magpie::embedded

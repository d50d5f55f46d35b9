#include "adapters/embedded/duck_session.h"

#include <utility>

namespace magpie::embedded {
namespace {

Error error_of(duckdb_result* result) {
  const char* text = duckdb_result_error(result);
  std::string message = text == nullptr ? "DuckDB gave no reason" : text;
  const bool disk_full = message.find("No space left") != std::string::npos;
  switch (duckdb_result_error_type(result)) {
    case DUCKDB_ERROR_OUT_OF_MEMORY: return resource_exhausted(std::move(message));
    case DUCKDB_ERROR_IO: return disk_full ? resource_exhausted(std::move(message)) : unavailable(std::move(message));
    default: return internal_error(std::move(message));
  }
}

// A result, destroyed whatever happens.
class ResultHolder {
 public:
  ResultHolder() = default;
  ResultHolder(const ResultHolder&) = delete;
  ResultHolder& operator=(const ResultHolder&) = delete;
  ~ResultHolder() { duckdb_destroy_result(&result_); }
  [[nodiscard]] duckdb_result* get() { return &result_; }

 private:
  duckdb_result result_{};
};

// The text between two quotes, with those in it doubled.
std::string between(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted.push_back(quote);
    quoted.push_back(c);
  }
  quoted.push_back(quote);
  return quoted;
}

bool configure(duckdb_config config, const DuckSettings& settings) {
  const auto set = [&](const char* name, const std::string& value) {
    return duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess;
  };
  return set("memory_limit", std::to_string(settings.memory_limit_bytes) + "B") &&
         set("threads", std::to_string(settings.threads)) && set("temp_directory", settings.spill_directory.string()) &&
         // Nothing is fetched from outside, and no order is promised but by ORDER BY.
         set("autoinstall_known_extensions", "false") && set("preserve_insertion_order", "false");
}

}  // namespace

DuckStream::State::~State() {
  duckdb_destroy_result(&result);
  duckdb_destroy_prepare(&statement);
}

Result<DuckChunk> DuckStream::next() {
  DuckChunk chunk(duckdb_fetch_chunk(state_->result));
  // The end of a stream and its failure look alike but for the error.
  const char* failure = chunk ? nullptr : duckdb_result_error(&state_->result);
  if (failure != nullptr && *failure != '\0') return error_of(&state_->result);
  return chunk;
}

std::vector<std::string> DuckStream::column_names() {
  std::vector<std::string> names;
  const idx_t columns = duckdb_column_count(&state_->result);
  for (idx_t c = 0; c < columns; ++c) names.emplace_back(duckdb_column_name(&state_->result, c));
  return names;
}

Result<DuckSession> DuckSession::open(const DuckSettings& settings) {
  duckdb_config raw_config = nullptr;
  duckdb_create_config(&raw_config);
  const DuckHandle<duckdb_config, duckdb_destroy_config> config(raw_config);
  if (!configure(config.get(), settings)) return internal_error("DuckDB refused its settings");

  DuckSession session;
  duckdb_database database = nullptr;
  char* reason = nullptr;
  const duckdb_state opened = duckdb_open_ext(nullptr, &database, config.get(), &reason);
  session.database_.reset(database);
  if (opened != DuckDBSuccess) {
    Error error = unavailable(std::string("cannot start DuckDB: ") + (reason == nullptr ? "" : reason));
    duckdb_free(reason);
    return error;
  }
  duckdb_connection connection = nullptr;
  const duckdb_state connected = duckdb_connect(session.database_.get(), &connection);
  session.connection_.reset(connection);
  if (connected != DuckDBSuccess) return unavailable("cannot connect to DuckDB");
  return session;
}

Status DuckSession::run(const std::string& sql) {
  ResultHolder result;
  if (duckdb_query(connection(), sql.c_str(), result.get()) != DuckDBSuccess) return error_of(result.get());
  return ok_status();
}

Result<DuckStream> DuckSession::stream(const std::string& sql) {
  DuckStream stream;
  stream.state_ = std::make_unique<DuckStream::State>();
  DuckStream::State& state = *stream.state_;
  if (duckdb_prepare(connection(), sql.c_str(), &state.statement) != DuckDBSuccess) {
    const char* reason = duckdb_prepare_error(state.statement);
    return internal_error(reason == nullptr ? "DuckDB could not prepare a query" : reason);
  }
  if (duckdb_execute_prepared_streaming(state.statement, &state.result) != DuckDBSuccess) {
    return error_of(&state.result);
  }
  return stream;
}

Status DuckSession::query(const std::string& sql, const Visit& visit) {
  MAGPIE_ASSIGN_OR_RETURN(DuckStream rows, stream(sql));
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const DuckChunk chunk, rows.next());
    if (!chunk) return ok_status();
    MAGPIE_RETURN_IF_ERROR(visit(chunk.get()));
  }
}

Result<std::vector<std::string>> DuckSession::texts(const std::string& sql) {
  std::vector<std::string> found;
  MAGPIE_RETURN_IF_ERROR(query(sql, [&](duckdb_data_chunk chunk) {
    const duckdb_vector column = duckdb_data_chunk_get_vector(chunk, 0);
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) found.emplace_back(duck_text(column, row));
    return ok_status();
  }));
  return found;
}

std::string sql_name(std::string_view name) { return between(name, '"'); }

std::string sql_quoted(std::string_view text) { return between(text, '\''); }

std::string sql_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list.append(", ");
    list.append(sql_quoted(text));
  }
  return list.append("]");
}

std::string_view duck_text(duckdb_vector vector, idx_t row) {
  const std::uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && (validity[row / 64] >> (row % 64) & 1U) == 0) return {};
  auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

}  // namespace magpie::embedded

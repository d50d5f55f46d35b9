// DuckSession: one short-lived, memory-limited, in-memory DuckDB instance.
//
// Opened for one operation and closed after it: opening costs about 15 ms, and closing gives all of its memory back,
// which a process that mostly serves requests prefers to an idle buffer pool.
// Thread-safety: one session, one thread at a time; any number of sessions side by side.
#pragma once

#include <duckdb.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/status.h"

namespace magpie::embedded {

// Owns a handle of DuckDB's C API, all of which are pointers that their destroyer sets to null.
template <auto Destroy>
struct DuckDestroy {
  template <typename T>
  void operator()(T* handle) const {
    Destroy(&handle);
  }
};
template <typename Handle, auto Destroy>
using DuckHandle = std::unique_ptr<std::remove_pointer_t<Handle>, DuckDestroy<Destroy>>;

struct DuckSettings {
  std::filesystem::path spill_directory;           // Holds what does not fit into memory; created when needed.
  std::size_t memory_limit_bytes = 128UL << 20U;   // Of DuckDB's buffers; its parquet writer takes some more.
  std::size_t threads = 1;
};

using DuckChunk = DuckHandle<duckdb_data_chunk, duckdb_destroy_data_chunk>;

class DuckStream {
 public:
  // Null at the end. Errors: as DuckSession::run.
  [[nodiscard]] Result<DuckChunk> next();
  [[nodiscard]] std::vector<std::string> column_names();

 private:
  friend class DuckSession;
  struct State {
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();
    duckdb_prepared_statement statement = nullptr;
    duckdb_result result{};
  };
  std::unique_ptr<State> state_;
};

class DuckSession {
 public:
  // Errors: kUnavailable.
  [[nodiscard]] static Result<DuckSession> open(const DuckSettings& settings);

  // Errors: kResourceExhausted (memory, disk), kUnavailable (files), kInternal (the statement).
  [[nodiscard]] Status run(const std::string& sql);

  // Rows as they are computed, chunk by chunk. The stream must not outlive the session, and is the only statement that
  // runs in it meanwhile.
  [[nodiscard]] Result<DuckStream> stream(const std::string& sql);

  // Receives chunk after chunk, none of which outlives the call.
  using Visit = std::function<Status(duckdb_data_chunk)>;
  [[nodiscard]] Status query(const std::string& sql, const Visit& visit);

  // The first column, as text; a NULL is an empty string.
  [[nodiscard]] Result<std::vector<std::string>> texts(const std::string& sql);

  [[nodiscard]] duckdb_connection connection() const { return connection_.get(); }

 private:
  DuckSession() = default;

  DuckHandle<duckdb_database, duckdb_close> database_;
  DuckHandle<duckdb_connection, duckdb_disconnect> connection_;
};

// "name", with the quotes in it doubled.
[[nodiscard]] std::string sql_name(std::string_view name);
// 'text', with the quotes in it doubled.
[[nodiscard]] std::string sql_quoted(std::string_view text);
// ['a', 'b']
[[nodiscard]] std::string sql_list(const std::vector<std::string>& texts);

// The text at `row` of a VARCHAR vector; empty where it is NULL. Valid as long as the vector's chunk.
[[nodiscard]] std::string_view duck_text(duckdb_vector vector, idx_t row);

}  // namespace magpie::embedded

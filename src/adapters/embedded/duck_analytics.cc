#include "adapters/embedded/duck_analytics.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/embedded/duck_analytics_rows.h"
#include "adapters/embedded/duck_event_table.h"
#include "adapters/embedded/staged_directory.h"
#include "base/file.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

// The functions of Spark SQL that sql/ uses and DuckDB has under another name.
constexpr const char* kMacros =
    "CREATE TEMP MACRO explode(list) AS unnest(list);"
    "CREATE TEMP MACRO try_element_at(list, place) AS list[place];"
    "CREATE TEMP MACRO xxhash64(a) AS hash(a), (a, b) AS hash(a, b), (a, b, c) AS hash(a, b, c)";

constexpr const char* kFileName = "part-00000000.parquet";
constexpr const char* kParquetOptions = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536, USE_TMP_FILE false)";

Result<std::vector<std::string>> parquet_files(const fs::path& location) {
  std::vector<std::string> files;
  std::error_code failure;
  fs::recursive_directory_iterator entry(location, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (entry->path().extension() == ".parquet") files.push_back(entry->path().string());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return unavailable("cannot read " + location.string() + ": " + failure.message());
  }
  if (files.empty()) return not_found("there is no table at " + location.string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_parquet(const std::vector<std::string>& files) {
  return "read_parquet(" + sql_list(files) + ", hive_partitioning = false, union_by_name = true)";
}

Status create_views(DuckSession& session, const AnalyticsQuery& query) {
  for (const AnalyticsTable& table : query.tables) {
    MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> files, parquet_files(table.location));
    MAGPIE_RETURN_IF_ERROR(
        session.run("CREATE TEMP VIEW " + sql_name(table.name) + " AS SELECT * FROM " + read_parquet(files)));
  }
  for (const AnalyticsView& view : query.views) {
    MAGPIE_RETURN_IF_ERROR(session.run("CREATE TEMP VIEW " + sql_name(view.name) + " AS " + view.sql));
  }
  return ok_status();
}

// Writes the rows of a SELECT as the one file of a table.
Result<AnalyticsTableSize> copy_to(DuckSession& session, const std::string& select, const fs::path& to) {
  MAGPIE_ASSIGN_OR_RETURN(StagedDirectory staged, StagedDirectory::open(to));
  const fs::path file = staged.path() / kFileName;
  MAGPIE_RETURN_IF_ERROR(
      session.run("COPY (" + select + "\n) TO " + sql_quoted(file.string()) + " " + kParquetOptions));
  MAGPIE_ASSIGN_OR_RETURN(
      const std::vector<std::string> rows,
      session.texts("SELECT num_rows::VARCHAR FROM parquet_file_metadata(" + sql_quoted(file.string()) + ")"));
  AnalyticsTableSize size;
  size.rows = std::stoull(rows.at(0));
  std::error_code failure;
  size.bytes = fs::file_size(file, failure);
  if (failure) return unavailable("cannot read " + file.string() + ": " + failure.message());
  MAGPIE_RETURN_IF_ERROR(staged.publish());
  return size;
}

std::vector<const Event*> pointers_to(std::span<const Event> events) {
  std::vector<const Event*> pointers;
  pointers.reserve(events.size());
  for (const Event& event : events) pointers.push_back(&event);
  return pointers;
}

// Whether events follow each other as a scan promises, from one batch to the next.
class OrderCheck {
 public:
  [[nodiscard]] bool follows(std::span<const Event> events) {
    return std::all_of(events.begin(), events.end(), [this](const Event& event) {
      const bool ordered = std::tie(time_, id_) < std::tie(event.time, event.id);
      time_ = event.time;
      id_ = event.id;
      return ordered;
    });
  }

 private:
  Timestamp time_ = Timestamp::min();
  EventId id_;
};

}  // namespace

Result<std::unique_ptr<DuckAnalytics>> DuckAnalytics::open(const EventTypes& types, DuckAnalyticsSettings settings) {
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(settings.spill_directory));
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(settings.spill_directory));
  return std::unique_ptr<DuckAnalytics>(new DuckAnalytics(types, std::move(settings)));
}

Result<DuckSession> DuckAnalytics::open_session() {
  DuckSettings settings;
  // Instances that share a directory overwrite each other's files.
  settings.spill_directory = settings_.spill_directory / std::to_string(sessions_++);
  settings.memory_limit_bytes = settings_.memory_limit_bytes;
  settings.threads = settings_.threads;
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, DuckSession::open(settings));
  MAGPIE_RETURN_IF_ERROR(session.run(kMacros));
  return session;
}

Result<AnalyticsTableSize> DuckAnalytics::write(const AnalyticsQuery& query, const fs::path& to) {
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  MAGPIE_RETURN_IF_ERROR(create_views(session, query));
  return copy_to(session, query.sql, to);
}

Status DuckAnalytics::visit(const AnalyticsQuery& query, const VisitRows& visit) {
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  MAGPIE_RETURN_IF_ERROR(create_views(session, query));
  MAGPIE_ASSIGN_OR_RETURN(DuckStream stream, session.stream(query.sql));
  const std::vector<std::string> names = stream.column_names();
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const DuckChunk chunk, stream.next());
    if (!chunk) return ok_status();
    MAGPIE_ASSIGN_OR_RETURN(const AnalyticsRows rows, rows_of(chunk.get(), names));
    MAGPIE_RETURN_IF_ERROR(visit(rows));
  }
}

Result<AnalyticsTableSize> DuckAnalytics::write_rows(const AnalyticsRows& rows, const fs::path& to) {
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  // Rows are written in the order in which they come.
  MAGPIE_RETURN_IF_ERROR(session.run("SET preserve_insertion_order = true"));
  MAGPIE_RETURN_IF_ERROR(session.run("CREATE TEMP TABLE new_rows (" + columns_sql_of(rows) + ")"));
  MAGPIE_RETURN_IF_ERROR(append_rows(session, "new_rows", rows));
  return copy_to(session, "SELECT * FROM new_rows", to);
}

Result<AnalyticsTableSize> DuckAnalytics::write_events(const EventSource& source, const fs::path& to) {
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  MAGPIE_RETURN_IF_ERROR(session.run("CREATE TEMP TABLE new_events (" + event_columns_sql() + ")"));
  MAGPIE_RETURN_IF_ERROR(source([&](std::span<const Event> events) {
    return append_events(session, "new_events", pointers_to(events), types_);
  }));
  return copy_to(session, "SELECT * FROM new_events ORDER BY timestamp_ms, event_id", to);
}

Status DuckAnalytics::scan_events(const fs::path& events, const VisitEvents& visit) {
  MAGPIE_ASSIGN_OR_RETURN(const std::vector<std::string> files, parquet_files(events));
  MAGPIE_ASSIGN_OR_RETURN(DuckSession session, open_session());
  MAGPIE_RETURN_IF_ERROR(session.run("SET preserve_insertion_order = true"));
  OrderCheck order;
  std::vector<Event> batch;
  return session.query("SELECT * FROM " + read_parquet(files), [&](duckdb_data_chunk chunk) -> Status {
    batch.clear();
    decode_events(chunk, types_, batch);
    if (!order.follows(batch)) return data_loss("events at " + events.string() + " are not in order");
    return batch.empty() ? ok_status() : visit(batch);
  });
}

}  // namespace magpie::embedded

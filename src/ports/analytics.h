// Analytics: SQL over tables of Parquet files, for data that no process should hold in memory.
//
// A query is one SELECT of the subset of SQL that docs/adr/0009-one-sql-text.md describes: every backend runs the same
// text and yields the same rows. A table is a location: a directory (its Parquet files, at any depth, in order of their
// names). Locations are paths here; a cluster's are addresses in its object store.
//
// Whatever is written appears whole or not at all: rows go to a temporary name beside the location, are made durable,
// and take the location's place. Writing again replaces. A crash in between leaves the old table or none. Two writers
// of one location must not run at the same time.
// Thread-safe. Errors: kNotFound (a table that is not there), kResourceExhausted (memory, disk), kUnavailable (retry),
// kDataLoss (a damaged file), kInternal (a query that the backend refuses).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "model/event.h"

namespace magpie {

// A table that a query reads, by the name that it has in the text.
struct AnalyticsTable {
  std::string name;
  std::filesystem::path location;
};

// A SELECT that a query reads as if it were a table. It may read the tables, and the views before it.
struct AnalyticsView {
  std::string name;
  std::string sql;
};

struct AnalyticsQuery {
  std::vector<AnalyticsTable> tables;
  std::vector<AnalyticsView> views;
  std::string sql;  // Its ORDER BY is the order of the rows that are written or visited.
};

using TextColumn = std::vector<std::optional<std::string>>;
using IntegerColumn = std::vector<std::optional<std::int64_t>>;  // Also booleans, as 0 and 1.
using RealColumn = std::vector<std::optional<double>>;
using ListColumn = std::vector<std::vector<std::string>>;

struct AnalyticsColumn {
  std::string name;
  std::variant<TextColumn, IntegerColumn, RealColumn, ListColumn> values;
};

// Rows by column; all columns are of one length. nullopt is NULL.
struct AnalyticsRows {
  std::vector<AnalyticsColumn> columns;

  [[nodiscard]] std::size_t size() const {
    const auto length = [](const auto& values) { return values.size(); };
    return columns.empty() ? 0 : std::visit(length, columns.front().values);
  }
  // Precondition: there is such a column, and it has this type.
  template <typename Column>
  [[nodiscard]] const Column& get(std::string_view name) const {
    std::size_t place = 0;
    while (columns.at(place).name != name) ++place;
    return std::get<Column>(columns[place].values);
  }
};

struct AnalyticsTableSize {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

class Analytics {
 public:
  // Receives rows in batches, in the order of the query.
  using VisitRows = std::function<Status(const AnalyticsRows&)>;
  // Receives events in batches, ordered by (time, event id) over the whole scan: as HistoryStore::Visit.
  using VisitEvents = std::function<Status(std::span<const Event>)>;
  // Hands events over to a visitor, in batches.
  using EventSource = std::function<Status(const VisitEvents&)>;

  Analytics() = default;
  Analytics(const Analytics&) = delete;
  Analytics& operator=(const Analytics&) = delete;
  virtual ~Analytics() = default;

  // Same rows and ORDER BY without ties: same bytes.
  [[nodiscard]] virtual Result<AnalyticsTableSize> write(const AnalyticsQuery& query,
                                                         const std::filesystem::path& to) = 0;
  [[nodiscard]] virtual Status visit(const AnalyticsQuery& query, const VisitRows& visit) = 0;

  // Tables that come from the process itself: small ones from memory, and events with the columns of
  // docs/formats/history.md.
  [[nodiscard]] virtual Result<AnalyticsTableSize> write_rows(const AnalyticsRows& rows,
                                                              const std::filesystem::path& to) = 0;
  [[nodiscard]] virtual Result<AnalyticsTableSize> write_events(const EventSource& source,
                                                                const std::filesystem::path& to) = 0;

  // The events of a table written in order of (timestamp_ms, event_id); another order is kDataLoss. Events of a kind
  // that is no longer configured are skipped. The visitor must not write to the location.
  [[nodiscard]] virtual Status scan_events(const std::filesystem::path& events, const VisitEvents& visit) = 0;
};

}  // namespace magpie

// RowMapper: rows of a file -> validated events, items and users, by a mapping of fields to columns.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "batch/import_value.h"
#include "model/event.h"
#include "model/item.h"
#include "ports/record_reader.h"

namespace magpie::batch {

enum class ImportKind : std::uint8_t { kItems, kUsers, kEvents };  // In the order of their import.

// The fields of a kind, as mappings name them:
//   events: event_id, user_id, item_id, type, timestamp, value, session_id, request_id, surface, device, region
//   items:  item_id, title, description, categories, tags, price, created_at, available, editorial
//   users:  user_id, interests, created_at, segment
// A field that is not mapped is taken from the column of its own name, if there is one.
struct ColumnMapping {
  std::map<std::string, std::vector<std::string>>
      columns;  // Field -> names of columns; the first that exists is taken.
  std::map<std::string, std::string> constants;             // Field -> its text in every row.
  std::vector<std::string> category_flags;  // Columns that hold 1 where the item has the category of that name.
  TimeUnit time_unit = TimeUnit::kAuto;
  std::string list_separator = "|";
  std::string absent;        // A text that means nothing: "(no genres listed)".
  bool typed_names = false;  // Columns are named name:type; mappings name the part before the colon.
  bool lenient = false;      // A mapped column may be missing; otherwise that is an error.
};

// "user_id=uid,item_id=movie": adds to columns; "type=rating": adds to constants. Errors: kInvalidArgument.
[[nodiscard]] Status add_columns(ColumnMapping& mapping, std::string_view assignments);
[[nodiscard]] Status add_constants(ColumnMapping& mapping, std::string_view assignments);

// As speed::RawEvent has it: ids are validated, the kind's name is not.
struct ImportedEvent {
  std::string event_id;
  std::string user_id;
  std::string item_id;
  std::string type;
  std::optional<std::int64_t> timestamp_ms;  // Absent: now.
  double value = 0;
  std::string session_id;
  std::string request_id;
  EventContext context;
  friend bool operator==(const ImportedEvent&, const ImportedEvent&) = default;
};

// Thread-safe: immutable.
class RowMapper {
 public:
  // Errors: kInvalidArgument names what is missing or unknown, and lists what there is.
  [[nodiscard]] static Result<RowMapper> bind(ImportKind kind, const ColumnMapping& mapping,
                                              const std::vector<std::string>& columns);

  // Errors: kInvalidArgument names the field. An event without an id gets one made of its row and line, so that the
  // same file imported again has the same events.
  [[nodiscard]] Status read(const Record& record, ImportedEvent& event) const;
  // created_at is `now` where the row has none.
  [[nodiscard]] Status read(const Record& record, Timestamp now, Item& item) const;
  [[nodiscard]] Status read(const Record& record, Timestamp now, User& user) const;

  // Absent where the row has none or a bad one.
  [[nodiscard]] std::optional<std::int64_t> timestamp_ms(const Record& record) const;

 private:
  // Where a field's text comes from.
  struct Source {
    std::optional<std::size_t> column;
    std::string constant;  // Where there is no column, or nothing in it.
  };
  enum Field : std::size_t {
    kEventId,
    kUserId,
    kItemId,
    kType,
    kTimestamp,
    kValue,
    kSessionId,
    kRequestId,
    kSurface,
    kDevice,
    kRegion,
    kTitle,
    kDescription,
    kCategories,
    kTags,
    kPrice,
    kCreatedAt,
    kAvailable,
    kEditorial,
    kInterests,
    kSegment,
    kFields,
  };
  struct FieldInfo;
  static const std::array<FieldInfo, kFields> kFieldInfos;

  RowMapper() = default;
  [[nodiscard]] static Status check_names(ImportKind kind, const ColumnMapping& mapping);
  [[nodiscard]] static Result<Source> find_source(const FieldInfo& field, unsigned kind, const ColumnMapping& mapping,
                                                  const std::vector<std::string>& columns);
  [[nodiscard]] std::string_view text(const Record& record, Field field) const;
  [[nodiscard]] Status read_time(const Record& record, Field field, std::optional<std::int64_t>& out) const;
  [[nodiscard]] Status read_number(const Record& record, Field field, std::optional<double>& out) const;
  [[nodiscard]] Status read_flag(const Record& record, Field field, bool& out) const;
  [[nodiscard]] std::string made_id(const Record& record) const;

  std::array<Source, kFields> sources_;
  std::vector<std::pair<std::string, std::size_t>> category_flags_;  // Category, column.
  TimeUnit time_unit_ = TimeUnit::kAuto;
  std::string list_separator_;
  std::string absent_;
};

}  // namespace magpie::batch

#include "batch/import_row.h"

#include <algorithm>

#include "base/hash.h"

namespace magpie::batch {
namespace {

constexpr unsigned kOfItems = 1;
constexpr unsigned kOfUsers = 2;
constexpr unsigned kOfEvents = 4;

unsigned bit_of(ImportKind kind) {
  switch (kind) {
    case ImportKind::kItems: return kOfItems;
    case ImportKind::kUsers: return kOfUsers;
    case ImportKind::kEvents: return kOfEvents;
  }
  return 0;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

Status for_each_assignment(std::string_view assignments, const std::function<void(std::string, std::string)>& visit) {
  for (const std::string& part : split_list(assignments, ",")) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) return invalid_argument(part, "must be field=value");
    visit(part.substr(0, equals), part.substr(equals + 1));
  }
  return ok_status();
}

// The column of that name, by the mapping's idea of names.
std::optional<std::size_t> find_column(const std::vector<std::string>& columns, std::string_view name, bool typed) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view column = columns[i];
    if (column == name || (typed && column.substr(0, column.find(':')) == name)) return i;
  }
  return std::nullopt;
}

// nullopt where none of the names is a column's.
std::optional<std::size_t> find_first_column(const std::vector<std::string>& columns,
                                             const std::vector<std::string>& names, bool typed) {
  for (const std::string& name : names) {
    if (const auto column = find_column(columns, name, typed)) return column;
  }
  return std::nullopt;
}

}  // namespace

struct RowMapper::FieldInfo {
  const char* name;
  unsigned kinds;          // Of which it is a field.
  unsigned required_of;
};

const std::array<RowMapper::FieldInfo, RowMapper::kFields> RowMapper::kFieldInfos{{
    {"event_id", kOfEvents, 0},
    {"user_id", kOfUsers | kOfEvents, kOfUsers | kOfEvents},
    {"item_id", kOfItems | kOfEvents, kOfItems | kOfEvents},
    {"type", kOfEvents, kOfEvents},
    {"timestamp", kOfEvents, 0},
    {"value", kOfEvents, 0},
    {"session_id", kOfEvents, 0},
    {"request_id", kOfEvents, 0},
    {"surface", kOfEvents, 0},
    {"device", kOfEvents, 0},
    {"region", kOfEvents, 0},
    {"title", kOfItems, 0},
    {"description", kOfItems, 0},
    {"categories", kOfItems, 0},
    {"tags", kOfItems, 0},
    {"price", kOfItems, 0},
    {"created_at", kOfItems | kOfUsers, 0},
    {"available", kOfItems, 0},
    {"editorial", kOfItems, 0},
    {"interests", kOfUsers, 0},
    {"segment", kOfUsers, 0},
}};

Status add_columns(ColumnMapping& mapping, std::string_view assignments) {
  return for_each_assignment(assignments, [&](std::string field, std::string column) {
    mapping.columns[std::move(field)] = {std::move(column)};
  });
}

Status add_constants(ColumnMapping& mapping, std::string_view assignments) {
  return for_each_assignment(
      assignments, [&](std::string field, std::string text) { mapping.constants[std::move(field)] = std::move(text); });
}

Status RowMapper::check_names(ImportKind kind, const ColumnMapping& mapping) {
  std::vector<std::string> known;
  for (const FieldInfo& info : kFieldInfos) {
    if ((info.kinds & bit_of(kind)) != 0) known.emplace_back(info.name);
  }
  const auto check = [&](const std::string& field) -> Status {
    if (std::find(known.begin(), known.end(), field) != known.end()) return ok_status();
    return invalid_argument(field, "is no field of this kind of import; there are " + joined(known));
  };
  for (const auto& [field, names] : mapping.columns) MAGPIE_RETURN_IF_ERROR(check(field));
  for (const auto& [field, text] : mapping.constants) MAGPIE_RETURN_IF_ERROR(check(field));
  return ok_status();
}

Result<RowMapper::Source> RowMapper::find_source(const FieldInfo& field, unsigned kind, const ColumnMapping& mapping,
                                                 const std::vector<std::string>& columns) {
  Source source;
  const auto constant = mapping.constants.find(field.name);
  if (constant != mapping.constants.end()) source.constant = constant->second;
  const auto mapped = mapping.columns.find(field.name);
  const bool is_mapped = mapped != mapping.columns.end();
  const auto names = is_mapped ? mapped->second : std::vector<std::string>{field.name};
  source.column = find_first_column(columns, names, mapping.typed_names);
  if (source.column) return source;
  if (is_mapped && !mapping.lenient) {
    return invalid_argument(field.name, "there is no column " + joined(names) + "; the columns are " + joined(columns));
  }
  if ((field.required_of & kind) != 0 && source.constant.empty()) {
    return invalid_argument(field.name, "needs a column or a constant; the columns are " + joined(columns));
  }
  return source;
}

Result<RowMapper> RowMapper::bind(ImportKind kind, const ColumnMapping& mapping,
                                  const std::vector<std::string>& columns) {
  MAGPIE_RETURN_IF_ERROR(check_names(kind, mapping));
  RowMapper mapper;
  mapper.time_unit_ = mapping.time_unit;
  mapper.list_separator_ = mapping.list_separator;
  mapper.absent_ = mapping.absent;
  for (std::size_t f = 0; f < kFields; ++f) {
    if ((kFieldInfos[f].kinds & bit_of(kind)) == 0) continue;
    MAGPIE_ASSIGN_OR_RETURN(mapper.sources_[f], find_source(kFieldInfos[f], bit_of(kind), mapping, columns));
  }
  for (const std::string& category : mapping.category_flags) {
    const auto column = find_column(columns, category, mapping.typed_names);
    if (!column) return invalid_argument(category, "there is no such column; the columns are " + joined(columns));
    mapper.category_flags_.emplace_back(category, *column);
  }
  return mapper;
}

std::string_view RowMapper::text(const Record& record, Field field) const {
  const Source& source = sources_[field];
  std::string_view text = source.constant;
  if (source.column && !record.fields[*source.column].empty()) text = record.fields[*source.column];
  return text == absent_ ? std::string_view() : text;
}

Status RowMapper::read_time(const Record& record, Field field, std::optional<std::int64_t>& out) const {
  const std::string_view value = text(record, field);
  out.reset();
  if (value.empty()) return ok_status();
  out = parse_timestamp(value, time_unit_);
  if (out) return ok_status();
  return invalid_argument(kFieldInfos[field].name, "'" + std::string(value) + "' is no timestamp");
}

Status RowMapper::read_number(const Record& record, Field field, std::optional<double>& out) const {
  const std::string_view value = text(record, field);
  out.reset();
  if (value.empty()) return ok_status();
  out = parse_number(value);
  if (out) return ok_status();
  return invalid_argument(kFieldInfos[field].name, "'" + std::string(value) + "' is no number");
}

Status RowMapper::read_flag(const Record& record, Field field, bool& out) const {
  const std::string_view value = text(record, field);
  if (value.empty()) return ok_status();
  const auto flag = parse_flag(value);
  if (!flag) return invalid_argument(kFieldInfos[field].name, "'" + std::string(value) + "' is neither true nor false");
  out = *flag;
  return ok_status();
}

std::string RowMapper::made_id(const Record& record) const {
  std::string row;
  for (const Field field : {kUserId, kItemId, kType, kTimestamp, kValue}) {
    row.append(text(record, field)).push_back('\x1f');
  }
  row.append(std::to_string(record.line));
  return "import-" + checksum128(row);
}

Status RowMapper::read(const Record& record, ImportedEvent& event) const {
  event.user_id = text(record, kUserId);
  event.item_id = text(record, kItemId);
  MAGPIE_RETURN_IF_ERROR(validate_id("user_id", event.user_id));
  MAGPIE_RETURN_IF_ERROR(validate_id("item_id", event.item_id));
  event.type = text(record, kType);
  if (event.type.empty()) return invalid_argument("type", "must not be empty");
  MAGPIE_RETURN_IF_ERROR(read_time(record, kTimestamp, event.timestamp_ms));
  std::optional<double> value;
  MAGPIE_RETURN_IF_ERROR(read_number(record, kValue, value));
  event.value = value.value_or(0);
  event.session_id = text(record, kSessionId);
  event.request_id = text(record, kRequestId);
  event.context.surface = text(record, kSurface);
  event.context.device = text(record, kDevice);
  event.context.region = text(record, kRegion);
  event.event_id = text(record, kEventId);
  if (event.event_id.empty()) event.event_id = made_id(record);
  return validate_id("event_id", event.event_id);
}

Status RowMapper::read(const Record& record, Timestamp now, Item& item) const {
  item = Item();
  item.id = ItemId(std::string(text(record, kItemId)));
  item.title = text(record, kTitle);
  item.description = text(record, kDescription);
  item.categories = split_list(text(record, kCategories), list_separator_);
  for (const auto& [category, column] : category_flags_) {
    if (record.fields[column] == "1") item.categories.push_back(category);
  }
  item.tags = split_list(text(record, kTags), list_separator_);
  MAGPIE_RETURN_IF_ERROR(read_number(record, kPrice, item.price));
  MAGPIE_RETURN_IF_ERROR(read_flag(record, kAvailable, item.available));
  MAGPIE_RETURN_IF_ERROR(read_flag(record, kEditorial, item.editorial));
  std::optional<std::int64_t> created_at;
  MAGPIE_RETURN_IF_ERROR(read_time(record, kCreatedAt, created_at));
  item.created_at = created_at ? from_unix_ms(*created_at) : now;
  return validate(item);
}

Status RowMapper::read(const Record& record, Timestamp now, User& user) const {
  user = User();
  user.id = UserId(std::string(text(record, kUserId)));
  user.interests = split_list(text(record, kInterests), list_separator_);
  user.segment = text(record, kSegment);
  std::optional<std::int64_t> created_at;
  MAGPIE_RETURN_IF_ERROR(read_time(record, kCreatedAt, created_at));
  user.created_at = created_at ? from_unix_ms(*created_at) : now;
  return validate(user);
}

std::optional<std::int64_t> RowMapper::timestamp_ms(const Record& record) const {
  const std::string_view value = text(record, kTimestamp);
  return value.empty() ? std::nullopt : parse_timestamp(value, time_unit_);
}

}  // namespace magpie::batch

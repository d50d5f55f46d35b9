#include "adapters/embedded/json_lines_reader.h"

#include <simdjson.h>

#include <unordered_map>
#include <utility>

#include "base/file.h"

namespace magpie::embedded {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxBadText = 4096;  // bytes

void append_number(const dom::element& value, std::string& out) { out.append(simdjson::minify(value)); }

// False where the value has no textual form.
bool append_scalar(const dom::element& value, std::string& out) {
  switch (value.type()) {
    case dom::element_type::STRING: out.append(value.get_string().value_unsafe()); return true;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: append_number(value, out); return true;
    case dom::element_type::BOOL: out.append(value.get_bool().value_unsafe() ? "true" : "false"); return true;
    default: return false;
  }
}

void append_array(const dom::array& values, std::string& out) {
  const std::size_t start = out.size();
  bool first = true;
  for (const dom::element value : values) {
    if (!first) out.push_back('|');
    first = false;
    if (append_scalar(value, out)) continue;
    out.resize(start);
    return;
  }
}

void assign(const dom::element& value, std::string& out) {
  out.clear();
  if (value.is_array()) {
    append_array(value.get_array().value_unsafe(), out);
  } else {
    static_cast<void>(append_scalar(value, out));
  }
}

}  // namespace

// The lines of a file, one parsed object at a time.
class JsonLinesReader::Lines {
 public:
  explicit Lines(MappedFile file) : file_(std::move(file)) {}

  void rewind() {
    position_ = 0;
    line_ = 0;
  }

  // Moves to the next line that is not blank; false at the end.
  bool next() {
    const std::string_view all = file_.bytes();
    while (position_ < all.size()) {
      const std::size_t newline = std::min(all.find('\n', position_), all.size());
      text_ = all.substr(position_, newline - position_);
      position_ = newline + 1;
      ++line_;
      if (text_.find_first_not_of(" \t\r") != std::string_view::npos) return true;
    }
    return false;
  }

  // The object in the line; valid until the next call.
  simdjson::error_code parse(dom::object& object) { return parser_.parse(text_).get_object().get(object); }

  [[nodiscard]] std::uint64_t number() const { return line_; }
  [[nodiscard]] std::string_view text() const { return text_; }

  // Column of each key.
  std::unordered_map<std::string_view, std::size_t> index;

 private:
  MappedFile file_;
  dom::parser parser_;
  std::size_t position_ = 0;
  std::uint64_t line_ = 0;
  std::string_view text_;
};

JsonLinesReader::JsonLinesReader(std::unique_ptr<Lines> lines) : lines_(std::move(lines)) {}
JsonLinesReader::~JsonLinesReader() = default;

Result<std::unique_ptr<RecordReader>> JsonLinesReader::open(const std::filesystem::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(path));
  std::unique_ptr<JsonLinesReader> reader(new JsonLinesReader(std::make_unique<Lines>(std::move(file))));
  const Status status = reader->find_columns();
  if (!status.ok()) return invalid_argument(path.string(), status.error().message());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

Status JsonLinesReader::find_columns() {
  std::unordered_map<std::string, std::size_t> seen;
  while (lines_->next()) {
    dom::object object;
    if (lines_->parse(object) != simdjson::SUCCESS) continue;  // Reported when it is read.
    for (const dom::key_value_pair field : object) {
      if (seen.emplace(field.key, seen.size()).second) columns_.emplace_back(field.key);
    }
    if (columns_.size() > kMaxColumns) return invalid_argument("", "more than 1024 different keys");
  }
  if (columns_.empty()) return invalid_argument("", "no line holds a JSON object");
  for (std::size_t i = 0; i < columns_.size(); ++i) lines_->index.emplace(columns_[i], i);
  lines_->rewind();
  return ok_status();
}

Result<bool> JsonLinesReader::next(Record& record, const std::function<void(BadRecord)>& bad) {
  while (lines_->next()) {
    dom::object object;
    const simdjson::error_code error = lines_->parse(object);
    if (error != simdjson::SUCCESS) {
      bad({lines_->number(), std::string("no JSON object: ") + simdjson::error_message(error),
           std::string(lines_->text().substr(0, kMaxBadText))});
      continue;
    }
    record.line = lines_->number();
    record.fields.resize(columns_.size());
    for (std::string& field : record.fields) field.clear();
    for (const dom::key_value_pair field : object) {
      const auto column = lines_->index.find(field.key);
      if (column != lines_->index.end()) assign(field.value, record.fields[column->second]);
    }
    return true;
  }
  return false;
}

}  // namespace magpie::embedded

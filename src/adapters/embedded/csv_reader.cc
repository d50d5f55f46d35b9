#include "adapters/embedded/csv_reader.h"

#include <algorithm>
#include <set>
#include <utility>

namespace magpie::embedded {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxBadText = 4096;  // bytes

void append_latin1(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0U | (byte >> 6U)));
      out.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
    }
  }
}

std::string wrong_count(std::size_t found, std::size_t expected) {
  return std::to_string(found) + " fields where " + std::to_string(expected) + " are expected";
}

}  // namespace

CsvReader::CsvReader(MappedFile file, RecordOptions options)
    : file_(std::move(file)), options_(std::move(options)), text_(file_.bytes()) {
  if (text_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
}

Result<std::unique_ptr<RecordReader>> CsvReader::open(const std::filesystem::path& path, const RecordOptions& options) {
  if (options.separator.empty()) return invalid_argument("separator", "must not be empty");
  MAGPIE_ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(path));
  std::unique_ptr<CsvReader> reader(new CsvReader(std::move(file), options));
  if (options.columns.empty()) {
    const Status status = reader->read_names();
    if (!status.ok()) return invalid_argument(path.string(), status.error().message());
  }
  return std::unique_ptr<RecordReader>(std::move(reader));
}

Result<bool> CsvReader::next(Record& record, const std::function<void(BadRecord)>& bad) {
  while (true) {
    skip_blank_lines();
    if (position_ >= text_.size()) return false;
    const Row row = parse_row();
    const bool counts = field_count_ == options_.columns.size();
    if (row.problem.empty() && counts) {
      record.line = line_;
      std::swap(record.fields, fields_);
      record.fields.resize(field_count_);
      advance(row);
      return true;
    }
    const std::string reason =
        row.problem.empty() ? wrong_count(field_count_, options_.columns.size()) : std::string(row.problem);
    std::size_t line_end = 0;
    bad({line_, reason, decoded(line_at(position_, line_end).substr(0, kMaxBadText))});
    advance(row);
  }
}

CsvReader::Row CsvReader::parse_row() {
  std::size_t end = 0;
  const std::string_view line = line_at(position_, end);
  field_count_ = 0;
  if (options_.quotes && line.find('"') != std::string_view::npos) return parse_quoted(end);
  return parse_plain(line, end);
}

CsvReader::Row CsvReader::parse_plain(std::string_view line, std::size_t end) {
  std::size_t from = 0;
  while (true) {
    const std::size_t to = std::min(line.find(options_.separator, from), line.size());
    std::string& field = add_field();
    if (options_.encoding == TextEncoding::kUtf8) {
      field.assign(line.substr(from, to - from));
    } else {
      append_latin1(line.substr(from, to - from), field);
    }
    if (to == line.size()) return {{}, end, 1};
    from = to + options_.separator.size();
  }
}

CsvReader::Row CsvReader::parse_quoted(std::size_t line_end) {
  const std::size_t limit = std::min(text_.size(), position_ + kMaxQuotedRow);
  std::size_t at = position_;
  while (true) {
    std::string& field = add_field();
    if (at < text_.size() && text_[at] == '"') {
      at = read_quoted_field(at + 1, limit, field);
      if (at == std::string_view::npos) return {"a quote is never closed", line_end, 1};
    } else {
      std::size_t end = 0;
      const std::string_view line = line_at(at, end);
      const std::string_view value = line.substr(0, line.find(options_.separator));
      field.append(decoded(value));
      at += value.size();
    }
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with(options_.separator)) {
      at += options_.separator.size();
    } else if (rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n")) {
      const std::size_t end = std::min(text_.size(), at + (rest.starts_with('\r') ? 2 : 1));
      const auto row = text_.substr(position_, end - position_);
      return {{}, end, static_cast<std::uint64_t>(std::count(row.begin(), row.end(), '\n'))};
    } else {
      return {"text after a closing quote", line_end, 1};
    }
  }
}

std::size_t CsvReader::read_quoted_field(std::size_t from, std::size_t limit, std::string& out) const {
  while (true) {
    const std::size_t quote = text_.find('"', from);
    if (quote >= limit) return std::string_view::npos;
    out.append(decoded(text_.substr(from, quote - from)));
    if (!text_.substr(quote + 1).starts_with('"')) return quote + 1;
    out.push_back('"');
    from = quote + 2;
  }
}

std::string& CsvReader::add_field() {
  if (field_count_ == fields_.size()) fields_.emplace_back();
  std::string& field = fields_[field_count_++];
  field.clear();
  return field;
}

void CsvReader::advance(const Row& row) {
  position_ = row.end;
  line_ += row.newlines;
}

// Without its line break; `end` becomes the position after it.
std::string_view CsvReader::line_at(std::size_t position, std::size_t& end) const {
  const std::size_t newline = std::min(text_.find('\n', position), text_.size());
  end = std::min(newline + 1, text_.size());
  std::string_view line = text_.substr(position, newline - position);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void CsvReader::skip_blank_lines() {
  std::size_t end = 0;
  while (position_ < text_.size() && line_at(position_, end).empty()) advance({{}, end, 1});
}

Status CsvReader::read_names() {
  skip_blank_lines();
  if (position_ >= text_.size()) return invalid_argument("", "the file is empty: not even a row of names");
  const Row row = parse_row();
  if (!row.problem.empty()) return invalid_argument("", "the row of names: " + std::string(row.problem));
  fields_.resize(field_count_);
  std::set<std::string> seen;
  for (const std::string& name : fields_) {
    if (!seen.insert(name).second) return invalid_argument("", "two columns are named '" + name + "'");
  }
  options_.columns = fields_;
  advance(row);
  return ok_status();
}

std::string CsvReader::decoded(std::string_view text) const {
  if (options_.encoding == TextEncoding::kUtf8) return std::string(text);
  std::string utf8;
  append_latin1(text, utf8);
  return utf8;
}

}  // namespace magpie::embedded

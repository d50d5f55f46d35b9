// CsvReader: rows of delimited text (CSV, TSV, `::`), RFC 4180 quotes among them.
//
// The file is mapped, not loaded. Blank lines are skipped, CRLF and a byte order mark are understood. A quoted field
// may hold line breaks; where its quote never closes, its first line alone is the bad row and reading goes on with the
// next line.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "ports/record_reader.h"

namespace magpie::embedded {

class CsvReader final : public RecordReader {
 public:
  // A row with quoted line breaks is at most this long.
  static constexpr std::size_t kMaxQuotedRow = 256UL << 10U;  // bytes

  // Errors: kInvalidArgument where the first row holds no usable names.
  [[nodiscard]] static Result<std::unique_ptr<RecordReader>> open(const std::filesystem::path& path,
                                                                  const RecordOptions& options);

  [[nodiscard]] const std::vector<std::string>& columns() const override { return options_.columns; }
  [[nodiscard]] Result<bool> next(Record& record, const std::function<void(BadRecord)>& bad) override;

 private:
  CsvReader(MappedFile file, RecordOptions options);

  struct Row {
    std::string_view problem;    // Empty where the fields are good.
    std::size_t end = 0;         // Where the next row begins.
    std::uint64_t newlines = 0;  // Line breaks in the row, its own end included.
  };
  // Parses the row that begins at position_ into fields_; the first `*field_count_` of them are its.
  [[nodiscard]] Row parse_row();
  [[nodiscard]] Row parse_plain(std::string_view line, std::size_t end);
  [[nodiscard]] Row parse_quoted(std::size_t line_end);
  // The end of the field's quotes (the position after the closing one), or npos.
  [[nodiscard]] std::size_t read_quoted_field(std::size_t from, std::size_t limit, std::string& out) const;

  std::string& add_field();
  void advance(const Row& row);
  [[nodiscard]] std::string_view line_at(std::size_t position, std::size_t& end) const;
  void skip_blank_lines();
  [[nodiscard]] Status read_names();
  [[nodiscard]] std::string decoded(std::string_view text) const;

  MappedFile file_;
  RecordOptions options_;
  std::string_view text_;
  std::size_t position_ = 0;
  std::uint64_t line_ = 1;  // Of position_.
  std::vector<std::string> fields_;  // Kept between rows, for the memory in them.
  std::size_t field_count_ = 0;
};

}  // namespace magpie::embedded

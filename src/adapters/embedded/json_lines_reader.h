// JsonLinesReader: a JSON object a line.
//
// The columns are all top-level keys of the file, in the order of their first appearance: the file is read twice.
// Strings are taken as they are, numbers in their shortest form, true and false as words; null and absent are empty; an
// array of these is joined by '|'; objects, and arrays that hold objects or arrays, are empty.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "ports/record_reader.h"

namespace magpie::embedded {

class JsonLinesReader final : public RecordReader {
 public:
  static constexpr std::size_t kMaxColumns = 1024;

  // Errors: kInvalidArgument where no line holds an object, or where there are more than kMaxColumns keys.
  [[nodiscard]] static Result<std::unique_ptr<RecordReader>> open(const std::filesystem::path& path);
  ~JsonLinesReader() override;

  [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
  [[nodiscard]] Result<bool> next(Record& record, const std::function<void(BadRecord)>& bad) override;

 private:
  class Lines;
  explicit JsonLinesReader(std::unique_ptr<Lines> lines);
  [[nodiscard]] Status find_columns();

  std::unique_ptr<Lines> lines_;
  std::vector<std::string> columns_;
};

}  // namespace magpie::embedded

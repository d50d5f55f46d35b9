// For the tests of record readers: a file with given bytes, and all that a reader says of it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/record_reader.h"

namespace magpie::embedded {

class TestFile {
 public:
  TestFile(const std::string& name, std::string_view bytes)
      : path_(std::filesystem::path(testing::TempDir()) /
              (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + std::to_string(::getpid()) +
               "_" + name)) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  ~TestFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ReadAll {
  std::vector<std::pair<std::uint64_t, std::vector<std::string>>> rows;  // Line, fields.
  std::vector<std::pair<std::uint64_t, std::string>> bad;                // Line, reason.
  std::vector<std::string> bad_texts;
  Status status;
};

inline ReadAll read_all(RecordReader& reader) {
  ReadAll all;
  Record record;
  while (true) {
    const auto more = reader.next(record, [&](BadRecord bad) {
      all.bad.emplace_back(bad.line, bad.reason);
      all.bad_texts.push_back(std::move(bad.text));
    });
    if (!more.ok()) all.status = more.status();
    if (!more.ok() || !*more) return all;
    all.rows.emplace_back(record.line, record.fields);
  }
}

}  // namespace magpie::embedded

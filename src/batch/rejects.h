// Rejects: the rows that an import could not take, as a file of tab-separated values: file, line, reason, text.
//
// The file is made by the first reject and holds the rejects of this run only. Tabs, line breaks and backslashes in a
// value are written as \t, \n, \r and \\.
// Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace magpie::batch {

struct Reject {
  std::string file;
  std::uint64_t line = 0;
  std::string reason;
  std::string text;  // Of the row; may be empty, and is cut at kMaxText.
};

class Rejects {
 public:
  static constexpr std::size_t kMaxText = 4096;  // bytes
  static constexpr std::size_t kShown = 5;

  explicit Rejects(std::filesystem::path path) : path_(std::move(path)) {}

  void add(Reject reject);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The first kShown of them, for a person.
  [[nodiscard]] const std::vector<Reject>& first() const { return first_; }
  // Writes what is left. Errors: kUnavailable where the file could not be written; the rows were counted nevertheless.
  [[nodiscard]] Status finish();

 private:
  std::filesystem::path path_;
  std::ofstream file_;
  std::uint64_t count_ = 0;
  std::vector<Reject> first_;
};

}  // namespace magpie::batch

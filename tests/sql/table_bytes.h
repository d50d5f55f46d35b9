// Every byte of a directory's files.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/file.h"

namespace magpie::batch {

// By path relative to the directory.
[[nodiscard]] inline std::map<std::string, std::string> bytes_of(const std::filesystem::path& directory) {
  std::map<std::string, std::string> bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    bytes[std::filesystem::relative(entry.path(), directory).string()] = read_file(entry.path()).value();
  }
  return bytes;
}

}  // namespace magpie::batch

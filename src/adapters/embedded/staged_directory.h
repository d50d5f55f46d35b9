// StagedDirectory: a directory that appears whole or not at all. Its files are written under a temporary name beside
// it, and take its name, durably, when all of them are there. Thread-safety: one writer a directory.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace magpie::embedded {

class StagedDirectory {
 public:
  // An empty directory; what a crash left of an earlier one is gone.
  [[nodiscard]] static Result<StagedDirectory> open(const std::filesystem::path& target);
  StagedDirectory(StagedDirectory&& other) noexcept;
  StagedDirectory& operator=(StagedDirectory&&) = delete;
  // Removes what was not published.
  ~StagedDirectory();

  // Where the files go.
  [[nodiscard]] const std::filesystem::path& path() const { return staging_; }
  // Syncs all files and gives the directory its name; one that has it is replaced. In a crash between the two there is
  // none.
  [[nodiscard]] Status publish();

 private:
  explicit StagedDirectory(const std::filesystem::path& target);

  std::filesystem::path target_;
  std::filesystem::path staging_;  // Empty once published or moved away.
};

}  // namespace magpie::embedded

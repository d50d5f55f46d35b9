#include "adapters/embedded/staged_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

Status sync(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.valid() && ::fsync(file.get()) == 0) return ok_status();
  return unavailable("cannot sync " + path.string() + ": " + std::strerror(errno));
}

Status sync_tree(const fs::path& directory) {
  try {
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      MAGPIE_RETURN_IF_ERROR(sync(entry.path()));
    }
  } catch (const fs::filesystem_error& failure) {
    return unavailable(failure.what());
  }
  return sync(directory);
}

}  // namespace

StagedDirectory::StagedDirectory(const fs::path& target) : target_(target), staging_(target) { staging_ += ".writing"; }

StagedDirectory::StagedDirectory(StagedDirectory&& other) noexcept
    : target_(std::move(other.target_)), staging_(std::exchange(other.staging_, {})) {}

StagedDirectory::~StagedDirectory() {
  std::error_code ignored;
  if (!staging_.empty()) fs::remove_all(staging_, ignored);
}

Result<StagedDirectory> StagedDirectory::open(const fs::path& target) {
  StagedDirectory staged(target);
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(staged.staging_));
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(staged.staging_));
  return staged;
}

Status StagedDirectory::publish() {
  MAGPIE_RETURN_IF_ERROR(sync_tree(staging_));
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(target_));
  MAGPIE_RETURN_IF_ERROR(rename_durably(staging_, target_));
  staging_.clear();
  return ok_status();
}

}  // namespace magpie::embedded

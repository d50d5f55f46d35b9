// The FORMAT file: which version of the data directory's layout this is (docs/formats/storage.md).
// Thread-safe.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace magpie::embedded {

inline constexpr int kDataDirectoryFormat = 1;

// Creates the directory and its FORMAT file where there is none, and checks the one that is there.
// kFailedPrecondition: another version of Magpie wrote it. kDataLoss: FORMAT is damaged, or gone while data is there.
[[nodiscard]] Status claim_data_directory(const std::filesystem::path& directory);

}  // namespace magpie::embedded

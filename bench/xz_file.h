// Reads the xz-compressed files of data sets, through the xz program.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace magpie::bench {

// The bytes that were compressed. kNotFound: there is no such file; kDataLoss: xz refuses it, or is not installed.
[[nodiscard]] Result<std::string> read_xz(const std::filesystem::path& path);

}  // namespace magpie::bench

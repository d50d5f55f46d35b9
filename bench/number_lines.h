// Text data sets whose lines are whole numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace magpie::bench {

// The numbers of each line of an xz-compressed file, with any of `separators` between and around them. kNotFound: there
// is no such file; kDataLoss: there is something else in it, or a line of fewer numbers than `fewest`.
[[nodiscard]] Result<std::vector<std::vector<std::uint32_t>>> read_number_lines(const std::filesystem::path& path,
                                                                                std::string_view separators,
                                                                                std::size_t fewest);

}  // namespace magpie::bench

// Tables in parts: a table whose query is written once for each part of its rows, a directory each, and read as one.
#pragma once

#include <cstddef>
#include <string>

namespace magpie::batch {

// "part-00000000", "part-00000001", ...: in the order of their numbers.
[[nodiscard]] std::string part_name(std::size_t number);

}  // namespace magpie::batch

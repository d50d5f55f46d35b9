#include "batch/table_parts.h"

#include <algorithm>

namespace magpie::batch {

std::string part_name(std::size_t number) {
  const std::string digits = std::to_string(number);
  return "part-" + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
}

}  // namespace magpie::batch

// The texts of sql/, compiled into the program (embed_sql.cmake).
// Thread-safety: constants.
#pragma once

#include <span>
#include <string_view>

namespace magpie::batch {

struct SqlText {
  std::string_view name;  // "extract/robots"
  std::string_view text;
};

// Ascending by name.
[[nodiscard]] std::span<const SqlText> sql_texts();

}  // namespace magpie::batch

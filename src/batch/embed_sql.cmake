# cmake -D FROM=<root of sql/> -D TO=sql_texts.cc -P embed_sql.cmake: the texts of sql/ as C++ strings, by name.
file(GLOB_RECURSE files RELATIVE "${FROM}" "${FROM}/*.sql")
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  file(READ "${FROM}/${file}" text)
  string(REGEX REPLACE "\\.sql$" "" name "${file}")
  string(APPEND entries "      {\"${name}\", R\"~sql~(${text})~sql~\"},\n")
endforeach()
file(WRITE "${TO}" "#include \"batch/sql_texts.h\"

#include <array>

namespace magpie::batch {

std::span<const SqlText> sql_texts() {
  static constexpr auto kTexts = std::to_array<SqlText>({
${entries}  });
  return kTexts;
}

}  // namespace magpie::batch
")

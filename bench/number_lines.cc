#include "number_lines.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "xz_file.h"

namespace magpie::bench {
namespace {

// False where there is something else.
bool parse_line(std::string_view line, std::string_view separators, std::vector<std::uint32_t>& numbers) {
  const auto skip = [&](const char* from) {
    return std::find_if(from, line.data() + line.size(),
                        [&](char c) { return separators.find(c) == std::string_view::npos; });
  };
  const char* const end = line.data() + line.size();
  for (const char* at = skip(line.data()); at != end;) {
    const auto [rest, error] = std::from_chars(at, end, numbers.emplace_back());
    if (error != std::errc()) return false;
    at = skip(rest);
  }
  return true;
}

}  // namespace

Result<std::vector<std::vector<std::uint32_t>>> read_number_lines(const std::filesystem::path& path,
                                                                  std::string_view separators, std::size_t fewest) {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, read_xz(path));
  std::vector<std::vector<std::uint32_t>> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!parse_line(line, separators, lines.emplace_back()) || lines.back().size() < fewest) {
      return data_loss(path.string() + ": not a line of numbers: " + std::string(line));
    }
  }
  return lines;
}

}  // namespace magpie::bench

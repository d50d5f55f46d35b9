#include "xz_file.h"

#include <array>
#include <cstdio>

namespace magpie::bench {
namespace {

// In single quotes, as the shell takes any text.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

Result<std::string> read_xz(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return not_found("no " + path.string());
  std::FILE* const pipe = popen(("xz -dc -- " + quoted(path.string())).c_str(), "r");
  if (pipe == nullptr) return unavailable("cannot start xz");
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    bytes.append(buffer.data(), count);
  }
  if (pclose(pipe) != 0) return data_loss("xz cannot read " + path.string());
  return bytes;
}

}  // namespace magpie::bench

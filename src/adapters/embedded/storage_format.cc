#include "adapters/embedded/storage_format.h"

#include <charconv>
#include <string>
#include <string_view>

#include "base/file.h"

namespace magpie::embedded {
namespace {

constexpr std::string_view kPrefix = "magpie-data ";
constexpr std::size_t kMaxFormatBytes = 64;

std::string format_text() { return std::string(kPrefix) + std::to_string(kDataDirectoryFormat) + "\n"; }

// 0 where it is no FORMAT file.
int parse_version(std::string_view text) {
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return 0;
  text.remove_prefix(kPrefix.size());
  text.remove_suffix(1);
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc() && end == text.data() + text.size() ? version : 0;
}

Status check_version(const std::filesystem::path& file, std::string_view text) {
  const int version = parse_version(text);
  if (version <= 0) return data_loss(file.string() + " is damaged");
  if (version == kDataDirectoryFormat) return ok_status();
  return failed_precondition(
      file.parent_path().string() + " has data format " + std::to_string(version) + "; this Magpie reads format " +
      std::to_string(kDataDirectoryFormat) +
      (version > kDataDirectoryFormat ? ": run a newer Magpie on it" : ": export it with the Magpie that wrote it"));
}

}  // namespace

Status claim_data_directory(const std::filesystem::path& directory) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  const auto file = directory / "FORMAT";
  const auto text = read_file(file, kMaxFormatBytes);
  if (text.ok()) return check_version(file, *text);
  if (text.error().code() == ErrorCode::kResourceExhausted) return data_loss(file.string() + " is damaged");
  if (text.error().code() != ErrorCode::kNotFound) return text.error();
  std::error_code ignored;
  if (std::filesystem::exists(directory / "db" / "CURRENT", ignored)) {
    return data_loss(file.string() + " is missing though there is data");
  }
  return write_file_atomically(file, format_text());
}

}  // namespace magpie::embedded

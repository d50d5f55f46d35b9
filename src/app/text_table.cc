#include "app/text_table.h"

namespace magpie::app {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// The byte where character `index` begins, or the end.
std::size_t byte_of(std::string_view text, std::size_t index) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && characters++ == index) return at;
  }
  return text.size();
}

std::size_t length(std::string_view text) {
  std::size_t characters = 0;
  for (const char byte : text) characters += begins_character(byte) ? 1 : 0;
  return characters;
}

}  // namespace

std::string cell(std::string_view text, std::size_t width) {
  const auto characters = length(text);
  if (characters > width) return std::string(text.substr(0, byte_of(text, width - 1))) + "…";
  return std::string(text) + std::string(width - characters, ' ');
}

}  // namespace magpie::app

#include "kernels/expression/syntax.h"

#include <algorithm>

namespace magpie::expression {
namespace {

constexpr std::size_t kMostShown = 100;  // bytes of a line that a message repeats

// A byte that continues a UTF-8 sequence takes no column.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

// Cut where characters begin.
std::size_t character_at(std::string_view text, std::size_t position) {
  while (position > 0 && position < text.size() && continues(text[position])) --position;
  return position;
}

}  // namespace

Error fault(std::string_view text, std::size_t position, std::string_view what) {
  position = std::min(position, text.size());
  const std::string_view before = text.substr(0, position);
  const std::size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string_view line = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
  const std::size_t column = position - begin;
  const std::size_t shown_from = character_at(line, column > kMostShown / 2 ? column - kMostShown / 2 : 0);
  const std::size_t shown_to = character_at(line, std::min(shown_from + kMostShown, line.size()));
  std::string message = "line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ", column " +
                        std::to_string(columns(line.substr(0, column)) + 1) + ": " + std::string(what) + "\n  ";
  std::string shown(line.substr(shown_from, shown_to - shown_from));
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  message += shown + "\n  " + std::string(columns(line.substr(shown_from, column - shown_from)), ' ') + "^";
  return invalid_argument("", std::move(message));
}

}  // namespace magpie::expression

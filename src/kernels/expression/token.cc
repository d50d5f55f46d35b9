#include "kernels/expression/token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "kernels/expression/syntax.h"

namespace magpie::expression {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::array<std::string_view, 4> kLongSymbols{"<=", ">=", "==", "!="};
constexpr std::string_view kSymbols = "<>()[],+-*/";
constexpr std::size_t kMostQuoted = 24;  // bytes of a token that a message repeats

// ASCII only, whatever the locale of the process.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Unit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array<Unit, 5> kUnits{{{"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86'400e3}, {"w", 7 * 86'400e3}}};

}  // namespace

char Lexer::peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

void Lexer::skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

Token Lexer::take(TokenKind kind, std::size_t length) {
  Token token;
  token.kind = kind;
  token.position = static_cast<std::uint32_t>(at_);
  token.source = text_.substr(at_, length);
  at_ += length;
  return token;
}

Result<Token> Lexer::next() {
  skip_space();
  if (at_ == text_.size()) return take(TokenKind::kEnd, 0);
  const char first = peek();
  if (is_digit(first)) return number();
  if (first == '"') return quoted();
  if (is_letter(first)) return word();
  const auto* const symbol = std::find(kLongSymbols.begin(), kLongSymbols.end(), text_.substr(at_, 2));
  if (symbol != kLongSymbols.end()) return take(TokenKind::kSymbol, 2);
  if (kSymbols.find(first) != std::string_view::npos) return take(TokenKind::kSymbol, 1);
  if (first == '=') return fault(text_, at_, "equality is written \"==\"");
  return fault(text_, at_, "this character has no meaning here");
}

Token Lexer::word() {
  std::size_t length = 1;
  while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
  return take(TokenKind::kWord, length);
}

Result<Token> Lexer::number() {
  const std::size_t begin = at_;
  std::size_t length = 1;
  while (is_digit(peek(length)) || peek(length) == '.') ++length;
  double value = 0;
  const char* const last = text_.data() + begin + length;
  const auto [end, error] = std::from_chars(text_.data() + begin, last, value, std::chars_format::fixed);
  if (error != std::errc() || end != last || text_[begin + length - 1] == '.') {
    return fault(text_, begin, "this is no number");
  }
  std::size_t letters = 0;
  while (is_letter(peek(length + letters))) ++letters;
  Token token = take(letters == 0 ? TokenKind::kNumber : TokenKind::kDuration, length + letters);
  token.number = value;
  if (letters == 0) return token;
  const std::string_view name = token.source.substr(length);
  const auto* const unit =
      std::find_if(kUnits.begin(), kUnits.end(), [name](const Unit& candidate) { return candidate.name == name; });
  if (unit == kUnits.end()) return fault(text_, begin + length, "a unit of time is one of s, m, h, d, w");
  token.number *= unit->milliseconds;
  return token;
}

Result<Token> Lexer::quoted() {
  std::string value;
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    char c = text_[i];
    if (c == '"') {
      Token token = take(TokenKind::kText, i + 1 - at_);
      token.text = std::move(value);
      return token;
    }
    if (c == '\\') {
      ++i;
      c = i < text_.size() ? text_[i] : '\0';
      if (c != '"' && c != '\\') return fault(text_, i - 1, "in a text, a backslash is followed by \" or \\");
    }
    value.push_back(c);
  }
  return fault(text_, at_, "this text has no closing \"");
}

std::string describe(const Token& token) {
  if (token.kind == TokenKind::kEnd) return "the end";
  if (token.kind == TokenKind::kText) return "a text";
  return "\"" + std::string(token.source.substr(0, kMostQuoted)) + "\"";
}

}  // namespace magpie::expression

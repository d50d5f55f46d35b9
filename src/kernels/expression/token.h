// Tokens of the expression language. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace magpie::expression {

enum class TokenKind : std::uint8_t { kNumber, kDuration, kText, kWord, kSymbol, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t position = 0;
  double number = 0;         // Of a duration: milliseconds.
  std::string text;          // Of a text, unescaped.
  std::string_view source;   // As written; a view into the text.
};

// Reads a text token by token.
class Lexer {
 public:
  // `text` must outlive the lexer and its tokens.
  explicit Lexer(std::string_view text) : text_(text) {}

  // kEnd, again and again, behind the last one.
  [[nodiscard]] Result<Token> next();

 private:
  void skip_space();
  [[nodiscard]] char peek(std::size_t ahead = 0) const;
  [[nodiscard]] Token take(TokenKind kind, std::size_t length);
  [[nodiscard]] Result<Token> number();
  [[nodiscard]] Result<Token> quoted();
  [[nodiscard]] Token word();

  std::string_view text_;
  std::size_t at_ = 0;
};

// How a message names a token: `"and"`, `a text`, `the end`.
[[nodiscard]] std::string describe(const Token& token);

}  // namespace magpie::expression

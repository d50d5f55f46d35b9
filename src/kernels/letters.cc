#include "kernels/letters.h"

#include <cstdint>

namespace magpie {
namespace {

constexpr char32_t kDotlessI = 0x131;
constexpr char32_t kCapitalDottedI = 0x130;

bool between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// Blocks in which capitals stand on even (or odd) places, each before its small letter.
bool is_capital_of_pair(char32_t c) {
  const bool even = c % 2 == 0;
  if (between(c, 0x100, 0x137) || between(c, 0x14A, 0x177)) return even;
  if (between(c, 0x139, 0x148) || between(c, 0x179, 0x17E)) return !even;
  return (between(c, 0x218, 0x21B) || between(c, 0x460, 0x481) || between(c, 0x48A, 0x4BF) ||
          between(c, 0x1E00, 0x1E95) || between(c, 0x1EA0, 0x1EFF)) &&
         even;
}

char32_t lowered(char32_t c, TurkishCase turkish) {
  if (c == U'I' && turkish == TurkishCase::kYes) return kDotlessI;
  if (between(c, U'A', U'Z')) return c + 0x20;
  if (c < 0xC0) return c;
  if (c == kCapitalDottedI) return U'i';
  if (between(c, 0xC0, 0xDE)) return c == 0xD7 ? c : c + 0x20;           // Latin-1, but not the sign of times.
  if (c == 0x178) return 0xFF;                                          // Y with diaeresis.
  if (c == 0x386) return 0x3AC;                                         // Greek with tonos.
  if (between(c, 0x388, 0x38A)) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (between(c, 0x38E, 0x38F)) return c + 63;
  if (between(c, 0x391, 0x3AB) && c != 0x3A2) return c + 0x20;
  if (between(c, 0x400, 0x40F)) return c + 0x50;  // Cyrillic.
  if (between(c, 0x410, 0x42F)) return c + 0x20;
  return is_capital_of_pair(c) ? c + 1 : c;
}

struct Character {
  char32_t code = 0;
  std::size_t length = 1;
  bool valid = false;
};

// One and two bytes suffice for letters with capitals; longer sequences are three bytes for Latin with dots and hooks.
Character decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const auto continues = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const auto tail = [&](std::size_t i) { return static_cast<char32_t>(byte(i) & 0x3FU); };
  if (byte(0) < 0x80) return {byte(0), 1, true};
  if (between(byte(0), 0xC2, 0xDF) && continues(1)) {
    return {static_cast<char32_t>((byte(0) & 0x1FU) << 6U) | tail(1), 2, true};
  }
  if (between(byte(0), 0xE0, 0xEF) && continues(1) && continues(2)) {
    return {static_cast<char32_t>((byte(0) & 0x0FU) << 12U) | tail(1) << 6U | tail(2), 3, true};
  }
  return {byte(0), 1, false};
}

void append_utf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | c >> 6U);
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | c >> 12U);
    out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

}  // namespace

std::size_t append_lowered(std::string_view text, std::size_t at, TurkishCase turkish, std::string& out) {
  const Character character = decode(text, at);
  const char32_t small = character.valid ? lowered(character.code, turkish) : character.code;
  if (character.valid && small != character.code) {
    append_utf8(small, out);
  } else {
    out.append(text.substr(at, character.length));
  }
  return character.length;
}

}  // namespace magpie

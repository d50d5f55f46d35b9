// The languages whose texts are understood: their stop words, and which of them a catalogue is written in.
// Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/item.h"

namespace magpie {

// kNone: words are taken as they are.
enum class Language : std::uint8_t {
  kNone,
  kDanish,
  kDutch,
  kEnglish,
  kFinnish,
  kFrench,
  kGerman,
  kHungarian,
  kItalian,
  kNorwegian,
  kPortuguese,
  kRomanian,
  kRussian,
  kSpanish,
  kSwedish,
  kTurkish,
};
inline constexpr std::size_t kLanguages = 16;

[[nodiscard]] std::string_view to_string(Language language);  // "none", "danish", ...
[[nodiscard]] std::optional<Language> parse_language(std::string_view name);

// Words that are in most texts and say nothing of their subject. `word` is in lower case.
[[nodiscard]] bool is_stop_word(Language language, std::string_view word);

// The language whose stop words are the most frequent in titles and descriptions; of items beyond a few ten thousand
// every n-th is read. English where hardly any of the words is a stop word of any language: a catalogue of names.
// Pointers must not be null.
[[nodiscard]] Language detect_language(std::span<const Item* const> items);

}  // namespace magpie

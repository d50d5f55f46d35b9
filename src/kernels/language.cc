#include "kernels/language.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "kernels/stop_words.h"
#include "kernels/tokenize.h"

namespace magpie {
namespace {

constexpr std::size_t kMostItems = 20'000;      // Read to tell the language.
constexpr double kFewestStopWords = 0.01;       // Of the words: fewer say nothing.

constexpr std::array<std::string_view, kLanguages> kNames = {
    "none",    "danish",    "dutch",      "english",  "finnish", "french",  "german",  "hungarian",
    "italian", "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish", "turkish"};

using Counts = std::array<std::size_t, kLanguages>;

void count_words(std::string_view text, Counts& hits, std::size_t& words) {
  for (const std::string& word : split_words(text, Language::kNone)) {
    ++words;
    for (std::size_t i = 1; i < kLanguages; ++i) {
      if (is_stop_word(static_cast<Language>(i), word)) ++hits[i];
    }
  }
}

}  // namespace

std::string_view to_string(Language language) { return kNames[static_cast<std::size_t>(language)]; }

std::optional<Language> parse_language(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Language>(found - kNames.begin());
}

bool is_stop_word(Language language, std::string_view word) {
  const std::span<const std::string_view> words = stop_words(language);
  return std::binary_search(words.begin(), words.end(), word);
}

Language detect_language(std::span<const Item* const> items) {
  Counts hits{};
  std::size_t words = 0;
  const std::size_t step = (items.size() + kMostItems - 1) / kMostItems;
  for (std::size_t i = 0; i < items.size(); i += std::max<std::size_t>(1, step)) {
    count_words(items[i]->title, hits, words);
    count_words(items[i]->description, hits, words);
  }
  const auto most = std::max_element(hits.begin(), hits.end());
  const bool telling = static_cast<double>(*most) >= kFewestStopWords * static_cast<double>(words) && *most > 0;
  const auto english = static_cast<std::size_t>(Language::kEnglish);
  if (!telling || *most == hits[english]) return Language::kEnglish;
  return static_cast<Language>(most - hits.begin());
}

}  // namespace magpie

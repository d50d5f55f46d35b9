#include "kernels/tokenize.h"

#include <libstemmer.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "kernels/letters.h"

namespace magpie {
namespace {

constexpr std::size_t kShortestWord = 2;  // bytes

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_ascii_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// Bytes of the separator that begins at `at`; 0 where a letter or digit does. Beyond ASCII: Latin-1 punctuation
// (U+00A0 to U+00BF), general punctuation (U+2000 to U+206F) and CJK punctuation (U+3000 to U+303F).
std::size_t separator_length(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) return is_ascii_word(text[at]) ? 0 : 1;
  const std::uint8_t second = byte_at(text, at + 1);
  if (first == 0xC2) return 2;
  if (first == 0xE2 && (second == 0x80 || second == 0x81)) return 3;
  if (first == 0xE3 && second == 0x80) return 3;
  return 0;
}

bool is_year(std::string_view word) {
  return word.size() == 4 && std::all_of(word.begin(), word.end(), is_digit) &&
         (word.starts_with("19") || word.starts_with("20"));
}

void add_decade(std::string_view word, std::vector<std::string>& terms) {
  if (is_year(word)) terms.push_back("decade:" + std::string(word.substr(0, 3)));
}

std::string lowered_all(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) at += append_lowered(text, at, TurkishCase::kNo, result);
  return result;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text, Language language) {
  const TurkishCase turkish = language == Language::kTurkish ? TurkishCase::kYes : TurkishCase::kNo;
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t separator = separator_length(text, at); separator > 0) {
      finish();
      at += separator;
    } else {
      at += append_lowered(text, at, turkish, word);
    }
  }
  finish();
  return words;
}

class TextAnalyzer::Stemmer {
 public:
  // The stemmer of a language; nullptr where there is none.
  static std::unique_ptr<Stemmer> make(Language language) {
    if (language == Language::kNone) return nullptr;
    sb_stemmer* stemmer = sb_stemmer_new(std::string(to_string(language)).c_str(), "UTF_8");
    return stemmer == nullptr ? nullptr : std::unique_ptr<Stemmer>(new Stemmer(stemmer));
  }

  // A word that no memory was left for is its own stem.
  [[nodiscard]] std::string stem(const std::string& word) {
    const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
    const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), bytes, static_cast<int>(word.size()));
    if (stem == nullptr) return word;
    return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
  }

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  explicit Stemmer(sb_stemmer* stemmer) : stemmer_(stemmer) {}

  std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

TextAnalyzer::TextAnalyzer(Language language) : language_(language), stemmer_(Stemmer::make(language)) {}
TextAnalyzer::~TextAnalyzer() = default;

std::vector<std::string> TextAnalyzer::terms(std::string_view text) {
  std::vector<std::string> terms = split_words(text, language_);
  std::erase_if(
      terms, [this](const std::string& word) { return word.size() < kShortestWord || is_stop_word(language_, word); });
  if (stemmer_ != nullptr) {
    for (std::string& term : terms) term = stemmer_->stem(term);
  }
  return terms;
}

std::vector<std::string> TextAnalyzer::item_terms(const Item& item) {
  std::vector<std::string> all = terms(item.title);
  const std::size_t title_terms = all.size();
  for (std::size_t i = 0; i < title_terms; ++i) add_decade(std::string(all[i]), all);
  for (std::string& term : terms(item.description)) all.push_back(std::move(term));
  for (const std::string& category : item.categories) all.push_back("category:" + lowered_all(category));
  for (const std::string& tag : item.tags) {
    all.push_back("tag:" + lowered_all(tag));
    add_decade(tag, all);
  }
  return all;
}

}  // namespace magpie

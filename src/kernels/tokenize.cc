// The half of kernels/tfidf.h that turns text into terms.
#include <algorithm>
#include <array>

#include "kernels/tfidf.h"

namespace magpie {
namespace {

constexpr std::size_t kShortestWord = 2;  // bytes

// Ascending. Words that are in most texts and say nothing of their subject.
constexpr std::array<std::string_view, 68> kStopWords = {
    "about", "after", "all",  "also", "an",    "and",  "any",   "are",   "as",    "at",   "be",   "because",
    "been",  "but",   "by",   "can",  "did",   "do",   "does",  "for",   "from",  "had",  "has",  "have",
    "he",    "her",   "his",  "how",  "if",    "in",   "into",  "is",    "it",    "its",  "may",  "more",
    "most",  "no",    "not",  "of",   "on",    "one",  "or",    "our",   "out",   "she",  "so",   "some",
    "such",  "than",  "that", "the",  "their", "them", "then",  "there", "these", "they", "this", "to",
    "up",    "was",   "we",   "were", "what",  "when", "which", "with"};
static_assert(std::is_sorted(kStopWords.begin(), kStopWords.end()));

bool is_stop_word(std::string_view word) { return std::binary_search(kStopWords.begin(), kStopWords.end(), word); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_ascii_word(char c) { return is_digit(c) || (lowered(c) >= 'a' && lowered(c) <= 'z'); }

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

void take_word(std::string& word, std::vector<std::string>& words) {
  if (word.size() >= kShortestWord && !is_stop_word(word)) words.push_back(word);
  word.clear();
}

bool is_year(std::string_view word) {
  return word.size() == 4 && std::all_of(word.begin(), word.end(), is_digit) &&
         (word.starts_with("19") || word.starts_with("20"));
}

void add_decade(std::string_view word, std::vector<std::string>& terms) {
  if (is_year(word)) terms.push_back("decade:" + std::string(word.substr(0, 3)));
}

std::string lowered_all(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lowered);
  return result;
}

}  // namespace

std::vector<std::string> tokenize(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t separator = separator_length(text, at);
    if (separator == 0) {
      word += lowered(text[at++]);
      continue;
    }
    take_word(word, words);
    at += separator;
  }
  take_word(word, words);
  return words;
}

std::vector<std::string> item_terms(const Item& item) {
  std::vector<std::string> terms = tokenize(item.title);
  const std::size_t title_words = terms.size();
  for (std::size_t i = 0; i < title_words; ++i) add_decade(std::string(terms[i]), terms);
  for (std::string& word : tokenize(item.description)) terms.push_back(std::move(word));
  for (const std::string& category : item.categories) terms.push_back("category:" + lowered_all(category));
  for (const std::string& tag : item.tags) {
    terms.push_back("tag:" + lowered_all(tag));
    add_decade(tag, terms);
  }
  return terms;
}

}  // namespace magpie

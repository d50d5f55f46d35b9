// From text to terms: words in lower case, without stop words, reduced to their stems.
//
// Stems are those of Snowball (M. F. Porter: Snowball: A language for stemming algorithms, 2001): "recommendations" and
// "recommended" are one term. Texts are UTF-8; bytes that are none do no harm.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/language.h"
#include "model/item.h"

namespace magpie {

// Words of a text, in order, in lower case: split at ASCII, Latin-1 and general punctuation and at spaces. Latin,
// Greek and Cyrillic capitals become small letters (in Turkish, I becomes the dotless one); other letters stay as they
// are.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text, Language language);

// Not thread-safe: one a thread. Cheap to make.
class TextAnalyzer {
 public:
  explicit TextAnalyzer(Language language);
  ~TextAnalyzer();
  TextAnalyzer(const TextAnalyzer&) = delete;
  TextAnalyzer& operator=(const TextAnalyzer&) = delete;

  // Stems of the words that are neither stop words nor of a single byte, in order.
  [[nodiscard]] std::vector<std::string> terms(std::string_view text);

  // All terms of an item, in order, with repetitions: those of title and description; whole categories and tags
  // ("category:science fiction", "tag:space"), apart from the words of the text; and the decade of a year in the title
  // or among the tags ("decade:199").
  [[nodiscard]] std::vector<std::string> item_terms(const Item& item);

 private:
  class Stemmer;
  Language language_;
  std::unique_ptr<Stemmer> stemmer_;  // nullptr: words are their own stems.
};

}  // namespace magpie

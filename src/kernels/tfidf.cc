#include "kernels/tfidf.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "kernels/embedding_code.h"
#include "kernels/tokenize.h"

namespace magpie {
namespace {

using TermCounts = std::vector<std::pair<std::uint32_t, float>>;  // (term, count), ascending.

TermCounts count_terms(std::vector<std::uint32_t> terms) {
  std::sort(terms.begin(), terms.end());
  TermCounts counts;
  for (const std::uint32_t term : terms) {
    if (counts.empty() || counts.back().first != term) counts.emplace_back(term, 0.0F);
    ++counts.back().second;
  }
  return counts;
}

SparseVector text_vector(const TermCounts& counts, std::span<const float> idf) {
  SparseVector vector;
  for (const auto& [term, count] : counts) {
    vector.indices.push_back(term);
    vector.values.push_back(count * idf[term]);
  }
  scale_to_unit_length(vector);
  return vector;
}

// Both have unit length and no index in common; so has the result, of which each makes up half.
SparseVector combine(const SparseVector& a, const SparseVector& b) {
  if (a.indices.empty()) return b;
  if (b.indices.empty()) return a;
  std::vector<std::pair<std::uint32_t, float>> entries;
  for (const SparseVector* part : {&a, &b}) {
    for (std::size_t i = 0; i < part->indices.size(); ++i) entries.emplace_back(part->indices[i], part->values[i]);
  }
  std::sort(entries.begin(), entries.end());
  SparseVector vector;
  for (const auto& [index, value] : entries) {
    vector.indices.push_back(index);
    vector.values.push_back(value);
  }
  scale_to_unit_length(vector);
  return vector;
}

// Of an item of these terms.
SparseVector item_vector(const ContentModel& model, const Item& item, const TermCounts& counts) {
  const auto first = std::lower_bound(model.terms.begin(), model.terms.end(), kEmbeddingTermPrefix);
  return combine(
      text_vector(counts, model.idf),
      embedding_code(item.embedding, model.embedding_mean, static_cast<std::uint32_t>(first - model.terms.begin())));
}

// Terms numbered in order of first use, and each item's terms by those numbers.
struct Corpus {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::vector<std::uint32_t>> items;
};

// `further` terms are there whether or not an item has them.
Corpus read_corpus(std::span<const Item* const> items, Language language, std::vector<std::string> further) {
  TextAnalyzer analyzer(language);
  Corpus corpus;
  for (std::string& term : further) {
    corpus.numbers.try_emplace(std::move(term), static_cast<std::uint32_t>(corpus.numbers.size()));
  }
  corpus.items.reserve(items.size());
  for (const Item* item : items) {
    std::vector<std::uint32_t>& terms = corpus.items.emplace_back();
    for (std::string& term : analyzer.item_terms(*item)) {
      const auto next = static_cast<std::uint32_t>(corpus.numbers.size());
      terms.push_back(corpus.numbers.try_emplace(std::move(term), next).first->second);
    }
  }
  return corpus;
}

// Puts the terms in ascending order and renumbers the items' terms accordingly.
std::vector<std::string> sort_terms(Corpus& corpus) {
  std::vector<std::string> terms(corpus.numbers.size());
  std::vector<std::uint32_t> order(terms.size());
  for (auto& [term, number] : corpus.numbers) terms[number] = term;
  corpus.numbers.clear();
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&terms](std::uint32_t a, std::uint32_t b) { return terms[a] < terms[b]; });
  std::vector<std::uint32_t> place(terms.size());
  std::vector<std::string> sorted(terms.size());
  for (std::uint32_t at = 0; at < order.size(); ++at) {
    place[order[at]] = at;
    sorted[at] = std::move(terms[order[at]]);
  }
  for (std::vector<std::uint32_t>& item : corpus.items) {
    for (std::uint32_t& term : item) term = place[term];
  }
  return sorted;
}

std::vector<float> inverse_document_frequencies(const std::vector<TermCounts>& items, std::size_t terms) {
  std::vector<std::uint32_t> frequency(terms);
  for (const TermCounts& item : items) {
    for (const auto& [term, count] : item) ++frequency[term];
  }
  std::vector<float> idf(terms);
  for (std::size_t term = 0; term < terms; ++term) {
    const double ratio = static_cast<double>(1 + items.size()) / static_cast<double>(1 + frequency[term]);
    idf[term] = static_cast<float>(std::log(ratio) + 1);
  }
  return idf;
}

}  // namespace

ContentModel fit_content(std::span<const Item* const> items, Language language) {
  ContentModel model;
  model.language = to_string(language);
  model.embedding_mean = mean_embedding(items);
  Corpus corpus = read_corpus(items, language, embedding_terms(model.embedding_mean.size()));
  model.terms = sort_terms(corpus);
  std::vector<TermCounts> counts;
  counts.reserve(corpus.items.size());
  for (std::vector<std::uint32_t>& terms : corpus.items) counts.push_back(count_terms(std::move(terms)));
  model.idf = inverse_document_frequencies(counts, model.terms.size());
  model.item_vectors.columns = model.terms.size();
  for (std::size_t i = 0; i < items.size(); ++i)
    append_row(model.item_vectors, item_vector(model, *items[i], counts[i]));
  return model;
}

SparseVector vectorize(const ContentModel& model, const Item& item) {
  std::vector<std::uint32_t> known;
  TextAnalyzer analyzer(parse_language(model.language).value_or(Language::kNone));
  for (const std::string& term : analyzer.item_terms(item)) {
    const auto found = std::lower_bound(model.terms.begin(), model.terms.end(), term);
    if (found == model.terms.end() || *found != term) continue;
    known.push_back(static_cast<std::uint32_t>(found - model.terms.begin()));
  }
  return item_vector(model, item, count_terms(std::move(known)));
}

}  // namespace magpie

#include "kernels/tfidf.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

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

SparseVector unit_vector(const TermCounts& counts, std::span<const float> idf) {
  SparseVector vector;
  float squares = 0;
  for (const auto& [term, count] : counts) {
    const float value = count * idf[term];
    vector.indices.push_back(term);
    vector.values.push_back(value);
    squares += value * value;
  }
  for (float& value : vector.values) value /= std::sqrt(squares);
  return vector;
}

// Terms numbered in order of first use, and each item's terms by those numbers.
struct Corpus {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::vector<std::uint32_t>> items;
};

Corpus read_corpus(std::span<const Item* const> items) {
  Corpus corpus;
  corpus.items.reserve(items.size());
  for (const Item* item : items) {
    std::vector<std::uint32_t>& terms = corpus.items.emplace_back();
    for (std::string& term : item_terms(*item)) {
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

void append_row(SparseMatrix& matrix, const SparseVector& row) {
  matrix.indices.insert(matrix.indices.end(), row.indices.begin(), row.indices.end());
  matrix.values.insert(matrix.values.end(), row.values.begin(), row.values.end());
  matrix.offsets.push_back(matrix.indices.size());
}

ContentModel fit_content(std::span<const Item* const> items) {
  Corpus corpus = read_corpus(items);
  ContentModel model;
  model.terms = sort_terms(corpus);
  std::vector<TermCounts> counts;
  counts.reserve(corpus.items.size());
  for (std::vector<std::uint32_t>& terms : corpus.items) counts.push_back(count_terms(std::move(terms)));
  model.idf = inverse_document_frequencies(counts, model.terms.size());
  model.item_vectors.columns = model.terms.size();
  for (const TermCounts& item : counts) append_row(model.item_vectors, unit_vector(item, model.idf));
  return model;
}

SparseVector vectorize(const ContentModel& model, const Item& item) {
  std::vector<std::uint32_t> known;
  for (const std::string& term : item_terms(item)) {
    const auto found = std::lower_bound(model.terms.begin(), model.terms.end(), term);
    if (found == model.terms.end() || *found != term) continue;
    known.push_back(static_cast<std::uint32_t>(found - model.terms.begin()));
  }
  return unit_vector(count_terms(std::move(known)), model.idf);
}

}  // namespace magpie

// The inverted index of kernels/tfidf.h.
#include <algorithm>

#include "kernels/sparse_transpose.h"
#include "kernels/tfidf.h"

namespace magpie {
namespace {

float score_of(const SparseMatrix& vectors, const SparseScores<float>& query, std::uint32_t row) {
  const std::span<const std::uint32_t> terms = vectors.row_indices(row);
  const std::span<const float> values = vectors.row_values(row);
  float score = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (const float* weight = query.find(terms[i])) score += *weight * values[i];
  }
  return score;
}

}  // namespace

ContentIndex::ContentIndex(const SparseMatrix& vectors) {
  const SparseMatrix by_term = transpose(vectors);
  std::vector<ScoredRow> postings;
  for (std::size_t term = 0; term < by_term.rows(); ++term) {
    postings.clear();
    const std::span<const std::uint32_t> rows = by_term.row_indices(term);
    for (std::size_t i = 0; i < rows.size(); ++i) postings.push_back({rows[i], by_term.row_values(term)[i]});
    cut_ = cut_ || postings.size() > kMaxPostings;
    keep_top(postings, kMaxPostings);
    for (const ScoredRow& posting : postings) {
      rows_.push_back(posting.row);
      weights_.push_back(posting.score);
    }
    offsets_.push_back(rows_.size());
  }
}

std::vector<ContentIndex::QueryTerm> ContentIndex::strongest_first(const SparseScores<float>& query) const {
  std::vector<QueryTerm> terms;
  terms.reserve(query.entries().size());
  for (const auto& [term, weight] : query.entries()) {
    const std::uint64_t first = offsets_[term];
    if (first != offsets_[term + 1]) terms.push_back({term, weight, weight * weights_[first]});
  }
  std::sort(terms.begin(), terms.end(), [](const QueryTerm& a, const QueryTerm& b) {
    return a.most != b.most ? a.most > b.most : a.term < b.term;
  });
  return terms;
}

std::vector<ScoredRow> ContentIndex::search(const SparseMatrix& vectors, const SparseScores<float>& query,
                                            std::size_t k) const {
  std::vector<QueryTerm> terms = strongest_first(query);
  std::size_t scanned = 0;
  const auto too_far = std::find_if(terms.begin(), terms.end(), [&](const QueryTerm& term) {
    scanned += offsets_[term.term + 1] - offsets_[term.term];
    return scanned > kMaxScanned;
  });
  const bool exact = !cut_ && too_far == terms.end();
  terms.erase(too_far, terms.end());
  SparseScores<float> sums(std::min(scanned, kMaxScanned));
  for (const QueryTerm& term : terms) {
    for (std::uint64_t i = offsets_[term.term]; i < offsets_[term.term + 1]; ++i) {
      sums[rows_[i]] += term.weight * weights_[i];
    }
  }
  std::vector<ScoredRow> found;
  found.reserve(sums.entries().size());
  for (const auto& [row, score] : sums.entries()) {
    if (score > 0) found.push_back({row, score});
  }
  keep_top(found, k);
  if (exact) return found;
  for (ScoredRow& row : found) row.score = score_of(vectors, query, row.row);
  keep_top(found, k);
  return found;
}

}  // namespace magpie

// TF-IDF vectors of items, for content-based candidates: title, description, categories and tags
// (kernels/tokenize.h says how they become terms).
//
// G. Salton, C. Buckley: Term-weighting approaches in automatic text retrieval, 1988. Weight of a term: count in the
// item x (ln((1 + items) / (1 + items with the term)) + 1); vectors have unit length, so that an inner product is a
// cosine. Where at least half of the items carry a vector of their own, of one dimension, its code
// (kernels/embedding_code.h) makes up half of an item's vector: the inner product is the mean of the two cosines.
// All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/language.h"
#include "kernels/sparse_scores.h"
#include "kernels/sparse_vector.h"
#include "kernels/topk.h"
#include "model/item.h"
#include "model/trained_model.h"

namespace magpie {

// Learns terms and weights from the items; row i of item_vectors is items[i]. Terms found in one item only are kept:
// they match that item's profile. Pointers must not be null.
[[nodiscard]] ContentModel fit_content(std::span<const Item* const> items, Language language = Language::kEnglish);

// The vector of an item that the model was not fitted on; terms that it does not know are left out.
[[nodiscard]] SparseVector vectorize(const ContentModel& model, const Item& item);

// Inverted index over item vectors: the rows nearest to a sparse query by inner product.
//
// A term's list holds at most kMaxPostings rows, those with the highest weight: a term that thousands of items share
// says little, and would cost the most. A query looks at kMaxScanned entries of lists, those of the terms that can add
// most first. Where neither bound is met the answer is exact; otherwise the best rows of what was looked at are
// returned, with exact scores.
class ContentIndex {
 public:
  static constexpr std::size_t kMaxPostings = 1024;
  static constexpr std::size_t kMaxScanned = 8192;

  ContentIndex() = default;
  explicit ContentIndex(const SparseMatrix& vectors);

  // At most k rows with a positive score. `vectors` must be the matrix that the index was built on.
  [[nodiscard]] std::vector<ScoredRow> search(const SparseMatrix& vectors, const SparseScores<float>& query,
                                              std::size_t k) const;

 private:
  struct QueryTerm {
    std::uint32_t term = 0;
    float weight = 0;
    float most = 0;  // That it can add to a row's score.
  };
  [[nodiscard]] std::vector<QueryTerm> strongest_first(const SparseScores<float>& query) const;

  std::vector<std::uint64_t> offsets_{0};  // Per term, into the two below.
  std::vector<std::uint32_t> rows_;
  std::vector<float> weights_;
  bool cut_ = false;
};

}  // namespace magpie

// Ranker: the final order of candidates, a linear function of their features.
//
// Fitted as a conditional logit (D. McFadden: Conditional Logit Analysis of Qualitative Choice Behavior, 1974), which
// is the listwise softmax loss of ListNet with one relevant item a list: within each list of candidates the probability
// of the item that the user really chose is exp(w.x) / sum exp(w.x'). Features are divided by their standard deviation,
// and L2 pulls the weights to those of MovieLens-100k, so that little data changes little. Full-batch Newton steps: the
// problem is strictly concave, so the result is unique and the same on every run.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "model/matrix.h"
#include "model/trained_model.h"

namespace magpie {

// What a user was offered, a row of features each, and which row was taken: nothing where it was not among them (the
// rows still say how features are spread).
struct RankerExample {
  Matrix features;  // candidates x kRankerFeatures
  std::optional<std::size_t> chosen;
};

struct RankerParameters {
  double l2 = 1.0;
  std::size_t iterations = 30;
};

struct RankerFit {
  RankerModel model;
  double log_likelihood = 0;  // Mean over the examples with a choice; 0 where there is none.
  std::size_t choices = 0;  // Examples with a choice.
};

// Without any candidate: default_ranker(). Pure.
[[nodiscard]] RankerFit fit_ranker(std::span<const RankerExample> examples, const RankerParameters& parameters = {});

// Weights and scales of MovieLens-100k.
[[nodiscard]] RankerModel default_ranker();

// The score of a feature row (kRankerFeatures floats). Thread-safe.
[[nodiscard]] float ranker_score(const RankerModel& model, std::span<const float> features);
// The part of each feature in that score; sums to it.
[[nodiscard]] std::array<float, kRankerFeatures> ranker_contributions(const RankerModel& model,
                                                                      std::span<const float> features);

}  // namespace magpie

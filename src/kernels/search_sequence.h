// Search sequence: which parameters to try next, given how the ones before did.
//
// First the start, then points spread evenly over the space (J. H. Halton: On the efficiency of certain quasi-random
// sequences of points, Numerische Mathematik 1960; shifted at random, R. Cranley, T. N. L. Patterson, 1976), then
// points near the best so far, within a radius that grows when they improve on it and shrinks when they do not (an
// evolution strategy with one parent and one child, I. Rechenberg, 1973). No parameters are proposed twice.
//
// A function of its arguments and of the recorded metrics alone: recorded again, the same metrics lead to the same
// proposals. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "kernels/search_space.h"

namespace magpie {

struct SearchSequenceParameters {
  ParameterValues start;         // The first proposal, as it is: values outside the space are allowed.
  std::size_t exploration = 12;  // Points spread over the space.
  std::uint64_t seed = 42;
};

class SearchSequence {
 public:
  // `space` is not empty.
  SearchSequence(SearchSpace space, SearchSequenceParameters parameters);

  // Nothing where chance finds nothing new: the space is as good as exhausted. Alternates with record().
  [[nodiscard]] std::optional<ParameterValues> next();
  // How good the last proposal was: the more the better. Finite.
  void record(double metric);

  [[nodiscard]] const ParameterValues& best() const { return best_values_; }
  [[nodiscard]] double best_metric() const { return best_metric_; }  // Of what was recorded; at least once.

 private:
  [[nodiscard]] std::vector<double> spread_point() const;
  [[nodiscard]] std::vector<double> point_near_best(std::size_t attempt) const;
  [[nodiscard]] bool propose(std::vector<double> places);

  const SearchSpace space_;
  const SearchSequenceParameters parameters_;
  std::set<ParameterValues> tried_;
  std::size_t recorded_ = 0;
  std::vector<double> places_;  // Of the last proposal.
  ParameterValues values_;
  std::vector<double> best_places_;
  ParameterValues best_values_;
  double best_metric_ = 0;
  double radius_;
};

// The `index`-th number of van der Corput's sequence in a base, in [0, 1).
[[nodiscard]] double radical_inverse(std::uint64_t index, std::uint64_t base);

}  // namespace magpie

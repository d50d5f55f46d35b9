// Parameter search: tries parameters against a validation metric until a budget is spent, and can be interrupted.
//
// Which parameters come next is decided by kernels/search_sequence.h from the trials before. A finished trial is on
// disk before the next one starts (docs/formats/parameter_search.md), and so is the time it took: a search that was
// killed goes on where it was, and one that had ended ends the same when it is repeated. Several searches at once: each
// needs a file of its own.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "kernels/search_sequence.h"

namespace magpie::batch {

struct ParameterSearchSettings {
  // What the metric depends on beside the parameters: a checksum of the data, say. A search of other data starts anew.
  std::string context;
  SearchSequenceParameters sequence;
  std::size_t most_trials = 40;  // The start among them; at least 1.
  // Of all trials together, those before an interruption included: no trial starts when it is spent. The start is
  // always tried. A trial is not cut short.
  Duration budget = std::chrono::minutes(10);
};

struct SearchTrial {
  ParameterValues parameters;
  double metric = 0;
  Duration took{};
};

struct ParameterSearchResult {
  ParameterValues best;
  double metric = 0;
  std::vector<SearchTrial> trials;  // In their order; the first is the start.
};

// The metric of some parameters: the more the better, finite. An error ends the search, which can be resumed.
using SearchObjective = std::function<Result<double>(const ParameterValues&)>;

// `trials`: the file, made where it is absent, and its directory. What it has of another search (context, space, start,
// seed) or damaged is tried again. kInternal: a metric is not finite. Else errors of the objective and of base/file.h.
[[nodiscard]] Result<ParameterSearchResult> search_parameters(const SearchSpace& space,
                                                              const ParameterSearchSettings& settings,
                                                              const SearchObjective& objective, const Clock& clock,
                                                              const std::filesystem::path& trials);

}  // namespace magpie::batch

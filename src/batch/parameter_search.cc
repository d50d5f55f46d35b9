#include "batch/parameter_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "batch/search_trials_file.h"

namespace magpie::batch {
namespace {

Result<SearchTrial> try_out(const ParameterValues& parameters, const SearchObjective& objective, const Clock& clock) {
  const Timestamp start = clock.now();
  MAGPIE_ASSIGN_OR_RETURN(const double metric, objective(parameters));
  if (!std::isfinite(metric)) return internal_error("a metric is not a finite number");
  return SearchTrial{parameters, metric, std::max(clock.now() - start, Duration{})};
}

// From the file, where that has it, or by trying it.
Result<SearchTrial> trial_of(const ParameterValues& proposed, std::size_t number, SearchTrialsFile& file,
                             const SearchObjective& objective, const Clock& clock) {
  const std::vector<SearchTrial>& known = file.trials();
  if (number < known.size() && known[number].parameters == proposed) return known[number];
  MAGPIE_ASSIGN_OR_RETURN(auto trial, try_out(proposed, objective, clock));
  MAGPIE_RETURN_IF_ERROR(file.put(number, trial));
  return trial;
}

}  // namespace

Result<ParameterSearchResult> search_parameters(const SearchSpace& space, const ParameterSearchSettings& settings,
                                                const SearchObjective& objective, const Clock& clock,
                                                const std::filesystem::path& trials) {
  MAGPIE_ASSIGN_OR_RETURN(auto file, SearchTrialsFile::open(trials, space, settings));
  SearchSequence sequence(space, settings.sequence);
  ParameterSearchResult result;
  Duration spent{};
  while (result.trials.empty() || (result.trials.size() < settings.most_trials && spent < settings.budget)) {
    const auto proposed = sequence.next();
    if (!proposed) break;
    MAGPIE_ASSIGN_OR_RETURN(auto trial, trial_of(*proposed, result.trials.size(), file, objective, clock));
    sequence.record(trial.metric);
    spent += trial.took;
    result.trials.push_back(std::move(trial));
  }
  result.best = sequence.best();
  result.metric = sequence.best_metric();
  return result;
}

}  // namespace magpie::batch

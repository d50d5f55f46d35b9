// Search space: named parameters and the values that they may take, each laid out along [0, 1].
// Pure values, thread-safe to read.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace magpie {

using ParameterValues = std::map<std::string, double>;

enum class SearchScale {
  kLinear,
  kLogarithmic,         // Even in the logarithm: for what matters by its order of magnitude. low > 0
  kInteger,
  kLogarithmicInteger,  // low > 0
};

struct SearchParameter {
  std::string name;
  SearchScale scale = SearchScale::kLinear;
  double low = 0;   // low <= high; both may be taken. Whole numbers for integers.
  double high = 1;
};

// Names are distinct.
using SearchSpace = std::vector<SearchParameter>;

// The value at a place along [0, 1]; places outside count as the nearer end.
[[nodiscard]] double value_at(const SearchParameter& parameter, double place);
// A place that has this value, or the nearest that the parameter may take.
[[nodiscard]] double place_of(const SearchParameter& parameter, double value);

// `places`: one a parameter, in the order of the space.
[[nodiscard]] ParameterValues values_at(const SearchSpace& space, std::span<const double> places);
// A parameter without value is in the middle.
[[nodiscard]] std::vector<double> places_of(const SearchSpace& space, const ParameterValues& values);

}  // namespace magpie

#include "kernels/search_space.h"

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

// One of `count` cells of equal width.
double cell_at(double place, double count) { return std::min(std::floor(place * count), count - 1); }
double middle_of_cell(double cell, double count) { return (cell + 0.5) / count; }

// Integers stand in the middle of a cell, so that the ends are as likely as what is between.
double log_integer_low(const SearchParameter& parameter) { return std::log(parameter.low - 0.5); }
double log_integer_width(const SearchParameter& parameter) {
  return std::log(parameter.high + 0.5) - log_integer_low(parameter);
}

double fraction(double part, double whole) { return whole > 0 ? part / whole : 0.5; }

}  // namespace

double value_at(const SearchParameter& parameter, double place) {
  const double at = std::clamp(place, 0.0, 1.0);
  const double low = parameter.low;
  const double high = parameter.high;
  switch (parameter.scale) {
    case SearchScale::kLinear: break;
    case SearchScale::kLogarithmic: return std::clamp(low * std::pow(high / low, at), low, high);
    case SearchScale::kInteger: return low + cell_at(at, high - low + 1);
    case SearchScale::kLogarithmicInteger:
      return std::clamp(std::round(std::exp(log_integer_low(parameter) + at * log_integer_width(parameter))), low,
                        high);
  }
  return std::clamp(low + at * (high - low), low, high);
}

double place_of(const SearchParameter& parameter, double value) {
  const double low = parameter.low;
  const double high = parameter.high;
  const double inside = std::clamp(value, low, high);
  switch (parameter.scale) {
    case SearchScale::kInteger: return middle_of_cell(std::round(inside) - low, high - low + 1);
    case SearchScale::kLogarithmicInteger:
      return fraction(std::log(std::round(inside)) - log_integer_low(parameter), log_integer_width(parameter));
    case SearchScale::kLogarithmic: return fraction(std::log(inside / low), std::log(high / low));
    case SearchScale::kLinear: break;
  }
  return fraction(inside - low, high - low);
}

ParameterValues values_at(const SearchSpace& space, std::span<const double> places) {
  ParameterValues values;
  for (std::size_t i = 0; i < space.size(); ++i) values[space[i].name] = value_at(space[i], places[i]);
  return values;
}

std::vector<double> places_of(const SearchSpace& space, const ParameterValues& values) {
  std::vector<double> places;
  for (const SearchParameter& parameter : space) {
    const auto value = values.find(parameter.name);
    places.push_back(value == values.end() ? 0.5 : place_of(parameter, value->second));
  }
  return places;
}

}  // namespace magpie

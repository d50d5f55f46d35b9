#include "kernels/search_sequence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace magpie {
namespace {

constexpr double kFirstRadius = 0.25;  // Along each parameter, of its whole range.
constexpr double kLeastRadius = 0.01;
constexpr double kGrowth = 1.5;
constexpr double kShrinkage = 0.85;
constexpr std::size_t kAttempts = 256;  // To find what was not tried yet; each reaches a little further.
constexpr double kReach = 0.03125;      // What an attempt adds to the radius, as a part of it.

// The bases of Halton's sequence, by parameter.
std::uint64_t nth_prime(std::size_t n) {
  std::uint64_t number = 2;
  for (std::size_t found = 0;; ++number) {
    bool prime = true;
    for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) prime = prime && number % divisor != 0;
    if (prime && found++ == n) return number;
  }
}

// A generator of its own for each draw, so that draws do not depend on how many there were before.
Random generator(std::uint64_t seed, std::size_t trial, std::size_t attempt) {
  return Random(seed ^ (trial * 0x9E3779B97F4A7C15U) ^ (attempt * 0xC2B2AE3D27D4EB4FU));
}

}  // namespace

SearchSequence::SearchSequence(SearchSpace space, SearchSequenceParameters parameters)
    : space_(std::move(space)), parameters_(std::move(parameters)), radius_(kFirstRadius) {}

std::optional<ParameterValues> SearchSequence::next() {
  if (recorded_ == 0) {
    places_ = places_of(space_, parameters_.start);
    values_ = values_at(space_, places_);
    for (auto& [name, value] : values_) {
      if (const auto start = parameters_.start.find(name); start != parameters_.start.end()) value = start->second;
    }
    tried_.insert(values_);
    return values_;
  }
  if (recorded_ <= parameters_.exploration && propose(spread_point())) return values_;
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    if (propose(point_near_best(attempt))) return values_;
  }
  return std::nullopt;
}

void SearchSequence::record(double metric) {
  const bool refines = recorded_ > parameters_.exploration;
  const bool improves = recorded_ == 0 || metric > best_metric_;
  if (refines) radius_ = improves ? std::min(radius_ * kGrowth, 1.0) : std::max(radius_ * kShrinkage, kLeastRadius);
  if (improves) {
    best_metric_ = metric;
    best_places_ = places_;
    best_values_ = values_;
  }
  ++recorded_;
}

bool SearchSequence::propose(std::vector<double> places) {
  ParameterValues values = values_at(space_, places);
  if (!tried_.insert(values).second) return false;
  places_ = std::move(places);
  values_ = std::move(values);
  return true;
}

std::vector<double> SearchSequence::spread_point() const {
  Random shift = generator(parameters_.seed, 0, 0);
  std::vector<double> places;
  for (std::size_t i = 0; i < space_.size(); ++i) {
    const double place = radical_inverse(recorded_, nth_prime(i)) + shift.uniform();
    places.push_back(place - std::floor(place));
  }
  return places;
}

// About half of the parameters change, at least one.
std::vector<double> SearchSequence::point_near_best(std::size_t attempt) const {
  Random random = generator(parameters_.seed, recorded_, attempt + 1);
  const std::size_t always = random.below(space_.size());
  const double radius = radius_ * (1 + kReach * static_cast<double>(attempt));
  std::vector<double> places = best_places_;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double step = radius * (2 * random.uniform() - 1);
    if (i == always || random.below(2) == 0) places[i] = std::clamp(places[i] + step, 0.0, 1.0);
  }
  return places;
}

double radical_inverse(std::uint64_t index, std::uint64_t base) {
  double result = 0;
  double digit = 1;
  for (; index > 0; index /= base) {
    digit /= static_cast<double>(base);
    result += digit * static_cast<double>(index % base);
  }
  return result;
}

}  // namespace magpie

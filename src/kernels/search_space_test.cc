#include "kernels/search_space.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace magpie {
namespace {

const SearchParameter kLinear{"linear", SearchScale::kLinear, -1, 3};
const SearchParameter kLogarithmic{"log", SearchScale::kLogarithmic, 0.01, 100};
const SearchParameter kInteger{"integer", SearchScale::kInteger, 2, 5};
const SearchParameter kLogInteger{"log_integer", SearchScale::kLogarithmicInteger, 1, 1000};

TEST(SearchSpace, ReachesBothEndsAndNothingOutside) {
  for (const SearchParameter& parameter : {kLinear, kLogarithmic, kInteger, kLogInteger}) {
    for (const double place : {-1.0, 0.0}) EXPECT_DOUBLE_EQ(value_at(parameter, place), parameter.low);
    for (const double place : {1.0, 2.0}) EXPECT_DOUBLE_EQ(value_at(parameter, place), parameter.high);
  }
}

TEST(SearchSpace, LogarithmicScalesAreEvenInTheOrderOfMagnitude) {
  EXPECT_NEAR(value_at(kLogarithmic, 0.25), 0.1, 1e-12);
  EXPECT_NEAR(value_at(kLogarithmic, 0.5), 1, 1e-12);
  EXPECT_NEAR(value_at(kLogInteger, 0.55), 32, 3);
}

TEST(SearchSpace, IntegersAreEquallyLikely) {
  std::map<double, int> counts;
  for (int i = 0; i < 400; ++i) ++counts[value_at(kInteger, (i + 0.5) / 400)];
  EXPECT_EQ(counts, (std::map<double, int>{{2, 100}, {3, 100}, {4, 100}, {5, 100}}));
}

TEST(SearchSpace, APlaceOfAValueHasThisValue) {
  for (const SearchParameter& parameter : {kLinear, kLogarithmic}) {
    for (const double place : {0.0, 0.1, 0.77, 1.0}) {
      EXPECT_NEAR(place_of(parameter, value_at(parameter, place)), place, 1e-12);
    }
  }
  for (const SearchParameter& parameter : {kInteger, kLogInteger}) {
    for (const double place : {0.0, 0.1, 0.77, 1.0}) {
      const double value = value_at(parameter, place);
      EXPECT_DOUBLE_EQ(value_at(parameter, place_of(parameter, value)), value);
    }
  }
}

TEST(SearchSpace, WhatIsNotAllowedIsPutAtTheNearest) {
  EXPECT_DOUBLE_EQ(place_of(kLinear, 17), 1);
  EXPECT_DOUBLE_EQ(place_of(kLogarithmic, -3), 0);
  EXPECT_EQ(value_at(kInteger, place_of(kInteger, 3.4)), 3);
}

TEST(SearchSpace, ARangeOfOneValueHasIt) {
  for (const auto scale : {SearchScale::kLinear, SearchScale::kLogarithmic, SearchScale::kInteger}) {
    const SearchParameter parameter{"one", scale, 7, 7};
    EXPECT_DOUBLE_EQ(value_at(parameter, place_of(parameter, 7)), 7);
  }
}

TEST(SearchSpace, NamesPlaces) {
  const SearchSpace space{kLinear, kInteger};
  EXPECT_EQ(values_at(space, std::vector{0.5, 0.9}), (ParameterValues{{"linear", 1}, {"integer", 5}}));
  EXPECT_EQ(places_of(space, {{"linear", 3}}), (std::vector{1.0, 0.5}));
}

}  // namespace
}  // namespace magpie

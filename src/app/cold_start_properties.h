// The settings of the cold start: what a new user is shown.
// Thread-safety: loaded before the threads start, read only afterwards.
#pragma once

#include "base/property.h"
#include "serving/cold_start/cold_start.h"

namespace magpie::app {

struct ColdStartProperties {
  explicit ColdStartProperties(Properties& all);
  Property<bool> enabled;
  Property<Duration> new_for;
  Property<std::int64_t> new_interactions;
  Property<std::int64_t> shift_interactions;
  Property<double> new_exploration;
  Property<double> later_exploration;
  Property<std::int64_t> categories;

  [[nodiscard]] serving::ColdStartSettings settings() const;
};

}  // namespace magpie::app

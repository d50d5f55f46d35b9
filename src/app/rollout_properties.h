// The settings of the rollout: how long a new version is a canary, and what speaks against it.
// Thread-safety: loaded before the threads start, read only afterwards.
#pragma once

#include "base/property.h"
#include "batch/rollout.h"

namespace magpie::app {

struct RolloutProperties {
  explicit RolloutProperties(Properties& all);
  Property<double> canary_share;
  Property<Duration> monitoring;
  Property<Duration> check_interval;
  Property<Duration> step_hold;
  Property<double> tolerated_drop;
  Property<double> tolerated_degraded;
  Property<Duration> latency_limit;
  Property<double> latency_ratio;
  ChoiceProperty<batch::WithoutData> without_data;

  [[nodiscard]] batch::RolloutSettings settings() const;
};

}  // namespace magpie::app

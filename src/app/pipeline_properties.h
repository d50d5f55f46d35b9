// The settings of the daily pipeline: when it runs and how it fails, and what its extraction rejects.
// Thread-safety: loaded before the threads start, read only afterwards.
#pragma once

#include <string>

#include "base/property.h"
#include "base/status.h"
#include "batch/extraction.h"
#include "batch/pipeline/run.h"

namespace magpie::app {

struct PipelineProperties {
  explicit PipelineProperties(Properties& all);
  Property<std::string> schedule;
  Property<std::int64_t> retries;
  Property<Duration> retry_backoff;
  Property<Duration> retry_backoff_limit;
  Property<Duration> sla;
  Property<std::int64_t> runs_kept;
  Property<std::string> alert_command;

  // kInvalidArgument names the setting.
  [[nodiscard]] Status validate() const;
  [[nodiscard]] batch::pipeline::RetryPolicy retry() const;
};

struct ExtractionProperties {
  explicit ExtractionProperties(Properties& all);
  Property<std::int64_t> moments_per_minute;
  Property<std::int64_t> moments_per_hour;
  Property<std::int64_t> items_per_hour;
  Property<std::int64_t> round_the_clock_days;
  Property<Duration> dwell;
  Property<std::int64_t> moments_without_dwell;
  Property<double> largest_value;
  Property<double> largest_rating;
  Property<double> robust_z;
  Property<Duration> repeat;

  [[nodiscard]] batch::ExtractionSettings settings() const;
};

}  // namespace magpie::app

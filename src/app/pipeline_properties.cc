#include "app/pipeline_properties.h"

#include <chrono>
#include <limits>

#include "batch/pipeline/cron.h"

namespace magpie::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr batch::ExtractionSettings kExtraction;
constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

std::uint32_t count(const Property<std::int64_t>& property) { return static_cast<std::uint32_t>(property()); }

}  // namespace

PipelineProperties::PipelineProperties(Properties& all)
    : schedule(all,
               {.name = "pipeline.schedule",
                .description = "When the daily pipeline runs, as the five fields of cron in UTC; empty: when asked"},
               "0 2 * * *"),
      retries(
          all,
          {.name = "pipeline.retries", .description = "Attempts of a task after one that failed", .unit = "attempts"},
          3, {0, 100}),
      retry_backoff(all,
                    {.name = "pipeline.retry_backoff",
                     .description = "Wait before the first retry of a task; it doubles with each"},
                    minutes(1), {seconds(0), hours(24)}),
      retry_backoff_limit(all, {.name = "pipeline.retry_backoff_limit", .description = "Longest wait before a retry"},
                          hours(1), {seconds(0), hours(24)}),
      sla(all, {.name = "pipeline.sla", .description = "A run that takes longer is reported; it goes on"}, hours(24),
          {seconds(1), days(365)}),
      runs_kept(all, {.name = "pipeline.runs_kept", .description = "Runs whose history is kept", .unit = "runs"}, 30,
                {1, 10'000}),
      alert_command(
          all,
          {.name = "pipeline.alert_command",
           .description = "Given to the shell, with the alert as JSON on its standard input, when a task or a "
                          "run has failed for good or is late; empty: only the log says so"},
          "") {}

Status PipelineProperties::validate() const {
  if (schedule().empty()) return {};
  const auto parsed = batch::pipeline::CronSchedule::parse(schedule());
  return parsed.ok() ? Status() : Status(invalid_argument(schedule.name(), parsed.error().message()));
}

batch::pipeline::RetryPolicy PipelineProperties::retry() const {
  return {.retries = count(retries), .backoff = retry_backoff(), .backoff_limit = retry_backoff_limit()};
}

ExtractionProperties::ExtractionProperties(Properties& all)
    : moments_per_minute(all,
                         {.name = "extraction.moments_per_minute",
                          .description = "A user active at more distinct moments of a minute is a robot",
                          .unit = "moments"},
                         kExtraction.moments_per_minute, {1, kMost}),
      moments_per_hour(all,
                       {.name = "extraction.moments_per_hour",
                        .description = "A user active at more distinct moments of an hour is a robot",
                        .unit = "moments"},
                       kExtraction.moments_per_hour, {1, kMost}),
      items_per_hour(all,
                     {.name = "extraction.items_per_hour",
                      .description = "A user of more distinct items in an hour is a robot",
                      .unit = "items"},
                     kExtraction.items_per_hour, {1, kMost}),
      round_the_clock_days(all,
                           {.name = "extraction.round_the_clock_days",
                            .description = "A user active in each hour of more days is a robot",
                            .unit = "days"},
                           kExtraction.round_the_clock_days, {0, kMost}),
      dwell(all, {.name = "extraction.dwell", .description = "In less time between two events nobody looked"},
            kExtraction.dwell, {milliseconds(0), hours(1)}),
      moments_without_dwell(all,
                            {.name = "extraction.moments_without_dwell",
                             .description = "A user with more of them in a row is a robot",
                             .unit = "moments"},
                            kExtraction.moments_without_dwell, {1, kMost}),
      largest_value(all,
                    {.name = "extraction.largest_value", .description = "An event of a larger value is an outlier"},
                    kExtraction.largest_value, {0.0, 1e300}),
      largest_rating(all, {.name = "extraction.largest_rating", .description = "A rating above it is an outlier"},
                     kExtraction.largest_rating, {0.0, 1e300}),
      robust_z(
          all,
          {.name = "extraction.robust_z",
           .description = "An event whose value is so many robust deviations from its kind's median is an outlier"},
          kExtraction.robust_z, {1.0, 1e300}),
      repeat(all,
             {.name = "extraction.repeat",
              .description = "The same user, item and kind of event again within this time is a duplicate"},
             kExtraction.repeat, {milliseconds(0), hours(1)}) {}

batch::ExtractionSettings ExtractionProperties::settings() const {
  batch::ExtractionSettings settings;
  settings.moments_per_minute = count(moments_per_minute);
  settings.moments_per_hour = count(moments_per_hour);
  settings.items_per_hour = count(items_per_hour);
  settings.round_the_clock_days = count(round_the_clock_days);
  settings.dwell = dwell();
  settings.moments_without_dwell = count(moments_without_dwell);
  settings.largest_value = largest_value();
  settings.largest_rating = largest_rating();
  settings.robust_z = robust_z();
  settings.repeat = repeat();
  return settings;
}

}  // namespace magpie::app

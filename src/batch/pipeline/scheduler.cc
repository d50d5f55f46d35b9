#include "batch/pipeline/scheduler.h"

#include <algorithm>

namespace magpie::batch::pipeline {
namespace {

constexpr auto kTryAgain = std::chrono::minutes(1);

std::optional<Timestamp> newest_scheduled(const Pipeline& pipeline) {
  const auto runs = pipeline.list();
  std::optional<Timestamp> newest;
  if (!runs.ok()) return newest;
  for (const PipelineRun& run : *runs) newest = std::max(newest, scheduled_time(run.plan.id));
  return newest;
}

}  // namespace

Scheduler::Scheduler(const CronSchedule& schedule, Pipeline& pipeline, const Clock& clock, const Logger& logger)
    : schedule_(schedule),
      pipeline_(pipeline),
      clock_(clock),
      logger_(logger),
      since_(clock.now()),
      last_(newest_scheduled(pipeline)),
      not_before_(kMinTimestamp) {}

void Scheduler::tick() {
  const Timestamp now = clock_.now();
  if (now < not_before_) return;
  const auto moment = due(schedule_, last_, since_, now);
  if (!moment || pipeline_.active()) return;
  RunRequest request;
  request.id = scheduled_run_id(*moment);
  const auto started = pipeline_.start(request);
  if (started.ok() || started.error().code() == ErrorCode::kAlreadyExists) {
    last_ = moment;
    return;
  }
  not_before_ = now + kTryAgain;
  logger_.warning("scheduled run not started", {{"reason", started.error().to_string()}});
}

}  // namespace magpie::batch::pipeline

// Scheduler: starts the pipeline when its schedule says so.
// Thread-safety: one thread.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "batch/pipeline/cron.h"
#include "batch/pipeline/pipeline.h"

namespace magpie::batch::pipeline {

class Scheduler {
 public:
  // What was missed since the newest scheduled run in `pipeline` is due at once; without one, counting begins now.
  Scheduler(const CronSchedule& schedule, Pipeline& pipeline, const Clock& clock, const Logger& logger);

  // To be called every now and then. Starts the run that is due; while another one is going on, it stays due.
  void tick();

 private:
  const CronSchedule schedule_;
  Pipeline& pipeline_;
  const Clock& clock_;
  const Logger logger_;
  const Timestamp since_;
  std::optional<Timestamp> last_;  // That a run was made for.
  Timestamp not_before_;           // After a start that failed.
};

}  // namespace magpie::batch::pipeline

// RunReporter: what happens to runs, as log lines, metrics and alerts.
// Thread-safe.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "batch/pipeline/alert.h"
#include "batch/pipeline/execution.h"

namespace magpie::batch::pipeline {

class RunReporter final : public ExecutionObserver {
 public:
  // `metrics` outlives this. `alert` may be empty.
  RunReporter(const Clock& clock, Metrics& metrics, const Logger& logger, AlertSink alert);

  void task_ended(const PipelineRun& run, const std::string& task) override;
  void sla_missed(const PipelineRun& run) override;
  void run_ended(const PipelineRun& run) override;

 private:
  void send(AlertKind kind, const PipelineRun& run, const std::string& task, std::string message) const;

  const Clock& clock_;
  Metrics& metrics_;
  const Logger logger_;
  const AlertSink alert_;
  Counter sla_missed_;
  Gauge last_success_;
};

}  // namespace magpie::batch::pipeline

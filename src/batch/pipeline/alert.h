// Alert: what somebody should hear of without looking.
// Thread-safety: plain values.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {

enum class AlertKind {
  kTaskFailed,  // For good: no retries left.
  kSlaMissed,   // The run goes on.
  kRunFailed,
};
[[nodiscard]] std::string_view to_string(AlertKind kind);  // "task_failed"

struct Alert {
  AlertKind kind = AlertKind::kRunFailed;
  Timestamp time;
  RunId run;
  std::string task;  // Of kTaskFailed.
  std::string message;
};

// {"kind": ..., "time": "2026-11-24T02:00:00Z", "run_id": ..., "task": ..., "message": ...}
[[nodiscard]] std::string to_json(const Alert& alert);

// Must not block for long, and must not fail: whoever delivers alerts reports his own failures.
using AlertSink = std::function<void(const Alert&)>;

}  // namespace magpie::batch::pipeline

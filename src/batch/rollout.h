// Rollout: how a published model version gets to production without a person watching (tasks 9 to 11 of the daily run).
//
//   start_canary      the version serves a tenth of the users
//   monitor_canary    for half an hour it is compared with the one in production
//   advance_rollout   then it serves half of the users, all of them, and is promoted; compared before each step
//   abandon_canary    at any time: production serves everybody again
//
// No function blocks. Each looks at what is so, does the one thing that is due, and says when to come back:
//
//   while (true) {
//     MAGPIE_ASSIGN_OR_RETURN(const auto progress, monitor_canary(dependencies, version, settings));
//     if (progress.state != RolloutState::kWaiting) return progress;
//     wait until progress.check_again, or until stopped
//   }
//
// All of the state is in the store's aliases, so every function may be called again at any time, also by another
// process after a crash: what was done is not done twice, and time already spent counts. A canary that is worse is
// withdrawn by the function that finds out; that is kRejected, an outcome and no error, and it stays so until
// start_canary() is called for that version again. A version that is in production already is kDone for all of them.
// Without a canary: ModelStore::promote().
//
// Thread-safe as far as the ports are; two callers at once may both evaluate, the store keeps their changes apart.
// Errors: those of the ports (kDataLoss: the version is damaged, nothing changed); kFailedPrecondition where another
// version has become the canary meanwhile, or a person has withdrawn this one.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "batch/rollout_verdict.h"
#include "ports/history_store.h"
#include "ports/model_store.h"
#include "ports/serving_monitor.h"

namespace magpie::batch {

struct RolloutSettings {
  double canary_share = 0.1;  // Of the users, while it is monitored.
  Duration monitoring = std::chrono::minutes(30);
  Duration check_interval = std::chrono::minutes(1);
  std::vector<double> steps{0.5, 1.0};  // Ascending shares after the monitoring, each held before the next.
  Duration step_hold = std::chrono::minutes(5);
  CanaryPolicy policy{};
};

struct RolloutDependencies {
  ModelStore& models;
  HistoryStore& history;  // Clicks and purchases; what has not been persisted yet counts at the next check.
  ServingMonitor& serving;  // Latency and failures.
  const Clock& clock;
};

enum class RolloutState {
  kWaiting,  // Call again at check_again.
  kDone,  // The step is over: monitored without objection, or promoted.
  kRejected,  // The canary was worse and is withdrawn; `report` says why.
};

struct RolloutProgress {
  RolloutState state = RolloutState::kWaiting;
  double fraction = 0;  // Of the time that this step takes.
  Timestamp check_again;  // Of kWaiting.
  std::string report;  // For a log and for an alert: share, figures of both versions, verdict.
};

// Gives the version its first share of the users, from now on; a canary that is there is replaced. Where nothing is in
// production there is nothing to compare with: it is promoted.
[[nodiscard]] Status start_canary(const RolloutDependencies& dependencies, ModelVersion version,
                                  const RolloutSettings& settings);

// kDone when settings.monitoring has passed since the start and nothing speaks against the version.
[[nodiscard]] Result<RolloutProgress> monitor_canary(const RolloutDependencies& dependencies, ModelVersion version,
                                                     const RolloutSettings& settings);

// kDone when the version is in production. Precondition: monitor_canary() was kDone.
[[nodiscard]] Result<RolloutProgress> advance_rollout(const RolloutDependencies& dependencies, ModelVersion version,
                                                      const RolloutSettings& settings);

// Withdraws the canary if it is this version, with a reason that is kept; nothing otherwise.
[[nodiscard]] Status abandon_canary(ModelStore& models, ModelVersion version, std::string reason, Timestamp now);

}  // namespace magpie::batch

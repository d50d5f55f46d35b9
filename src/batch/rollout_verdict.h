// The verdict on a canary: a pure function of what the two versions did.
//
// A canary fails only where it is worse beyond chance: engagement by a one-sided test at 95% against a tolerated drop,
// failures and latency by the lower end of an interval against their limits. While it is watched, the same data is
// looked at again and again, and chance gets as many tries; so until the last look a much stronger sign is asked for
// (Haybittle 1971, Peto 1976), which leaves the last one its 95%.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/latency_histogram.h"
#include "batch/rollout_metrics.h"
#include "model/ids.h"

namespace magpie::batch {

struct VersionMetrics {
  ModelVersion version;
  Engagement engagement;
  std::uint64_t requests = 0;
  std::uint64_t degraded = 0;
  LatencyDistribution latency{};
};

enum class WithoutData { kPass, kFail };

struct CanaryPolicy {
  double tolerated_drop = 0.05;        // Of clicks and of purchases by impression, relative to the control's.
  double tolerated_degraded = 0.01;    // More of all answers than of the control's.
  std::chrono::nanoseconds latency_limit = std::chrono::milliseconds(100);  // Of the 99th percentile.
  double latency_ratio = 1.5;          // The same, to the control's...
  std::chrono::nanoseconds latency_floor = std::chrono::milliseconds(10);   // ...but nobody notices less than this.
  // Less than this says nothing: users of each version; outcomes of the control, and as many to be expected of the
  // canary; requests.
  std::uint64_t minimum_users = 100;
  double minimum_outcomes = 20;
  std::uint64_t minimum_requests = 200;
  double interim_z = 3;
  double final_z = 1.645;
  WithoutData without_data = WithoutData::kPass;  // A small shop has too few clicks in half an hour, every day.
};

enum class Look { kInterim, kFinal };
enum class Verdict { kPass, kFail, kTooLittleData };
[[nodiscard]] std::string_view to_string(Verdict verdict);  // "pass", "fail", "too little data"

struct Judgement {
  Verdict verdict = Verdict::kPass;
  std::string reason;  // Every figure that was compared, for a person; what failed comes first.
};

// kTooLittleData: nothing speaks against it, but clicks could not be compared. What follows from that is the caller's
// decision (CanaryPolicy::without_data).
[[nodiscard]] Judgement judge(const VersionMetrics& control, const VersionMetrics& canary, const CanaryPolicy& policy,
                              Look look);
// The same by failures and latency alone: for a canary that serves everybody, so that clicks have no control.
[[nodiscard]] Judgement judge_service(const VersionMetrics& control, const VersionMetrics& canary,
                                      const CanaryPolicy& policy, Look look);

}  // namespace magpie::batch

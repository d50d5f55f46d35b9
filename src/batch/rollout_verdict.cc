#include "batch/rollout_verdict.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "kernels/rate_comparison.h"

namespace magpie::batch {
namespace {

constexpr double kSlowShare = 0.01;  // Of the 99th percentile.

struct Finding {
  Verdict verdict = Verdict::kPass;
  std::string text;
};

double needed_z(const CanaryPolicy& policy, Look look) {
  return look == Look::kFinal ? policy.final_z : policy.interim_z;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f%%", share * 100);
  return text;
}

std::string milliseconds(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

// The normal approximation needs outcomes on both sides; the canary's own would be a biased choice, so those that it
// should have count.
bool is_enough(const RatioMoments& control, const RatioMoments& canary, const CanaryPolicy& policy) {
  return std::min(control.users(), canary.users()) >= policy.minimum_users &&
         std::min(control.numerator(), control.ratio() * canary.denominator()) >= policy.minimum_outcomes;
}

Finding compare_rates(const char* noun, const RatioMoments& control, const RatioMoments& canary,
                      const CanaryPolicy& policy, Look look) {
  Finding finding;
  finding.text = std::string(noun) + ": " + percent(canary.ratio()) + " of " +
                 std::to_string(static_cast<std::uint64_t>(canary.denominator())) + " impressions to " +
                 std::to_string(canary.users()) + " users, control " + percent(control.ratio()) + " of " +
                 std::to_string(static_cast<std::uint64_t>(control.denominator())) + " to " +
                 std::to_string(control.users());
  if (!is_enough(control, canary, policy)) {
    finding.verdict = Verdict::kTooLittleData;
    finding.text += " (too few to compare)";
  } else if (relative_drop_z(control, canary, policy.tolerated_drop) < -needed_z(policy, look)) {
    finding.verdict = Verdict::kFail;
    finding.text += " (worse by more than " + percent(policy.tolerated_drop) + ")";
  }
  return finding;
}

Finding compare_failures(const VersionMetrics& control, const VersionMetrics& canary, const CanaryPolicy& policy,
                         Look look) {
  const Share before{control.degraded, control.requests};
  const Share now{canary.degraded, canary.requests};
  Finding finding;
  finding.text = "degraded: " + percent(now.value()) + " of " + std::to_string(now.all) + " answers, control " +
                 percent(before.value()) + " of " + std::to_string(before.all);
  if (now.all < policy.minimum_requests) {
    finding.verdict = Verdict::kTooLittleData;
  } else if (share_increase_z(before, now, policy.tolerated_degraded) < -needed_z(policy, look)) {
    finding.verdict = Verdict::kFail;
  }
  return finding;
}

bool exceeds(const VersionMetrics& canary, std::chrono::nanoseconds bound, double z) {
  return wilson_lower_bound({canary.latency.slower_than(bound), canary.requests}, z) > kSlowShare;
}

Finding compare_latency(const VersionMetrics& control, const VersionMetrics& canary, const CanaryPolicy& policy,
                        Look look) {
  const auto own = canary.latency.quantile(1 - kSlowShare);
  const auto before = control.latency.quantile(1 - kSlowShare);
  Finding finding;
  finding.text = "latency: p50 " + milliseconds(canary.latency.quantile(0.5)) + ", p99 " + milliseconds(own) +
                 ", control p99 " + milliseconds(before);
  if (canary.requests < policy.minimum_requests) {
    finding.verdict = Verdict::kTooLittleData;
    return finding;
  }
  const auto tolerated = std::max(std::chrono::duration_cast<std::chrono::nanoseconds>(before * policy.latency_ratio),
                                  policy.latency_floor);
  const bool comparable = control.requests >= policy.minimum_requests;
  const double z = needed_z(policy, look);
  if (exceeds(canary, policy.latency_limit, z)) {
    finding.verdict = Verdict::kFail;
    finding.text += " (above " + milliseconds(policy.latency_limit) + ")";
  } else if (comparable && exceeds(canary, tolerated, z)) {
    finding.verdict = Verdict::kFail;
    finding.text += " (above " + milliseconds(tolerated) + ")";
  }
  return finding;
}

Judgement sum_up(Verdict otherwise, std::vector<Finding> findings) {
  Judgement judgement{otherwise, {}};
  std::string failed;
  for (const Finding& finding : findings) {
    const bool fails = finding.verdict == Verdict::kFail;
    if (fails) judgement.verdict = Verdict::kFail;
    std::string& text = fails ? failed : judgement.reason;
    text += (text.empty() ? "" : "; ") + finding.text;
  }
  if (!failed.empty()) judgement.reason = failed + (judgement.reason.empty() ? "" : "; ") + judgement.reason;
  return judgement;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass: return "pass";
    case Verdict::kFail: return "fail";
    case Verdict::kTooLittleData: return "too little data";
  }
  return "?";
}

Judgement judge(const VersionMetrics& control, const VersionMetrics& canary, const CanaryPolicy& policy, Look look) {
  const Engagement& before = control.engagement;
  const Engagement& now = canary.engagement;
  const Finding clicks = compare_rates("clicks", before.clicks, now.clicks, policy, look);
  const Verdict otherwise = clicks.verdict == Verdict::kTooLittleData ? Verdict::kTooLittleData : Verdict::kPass;
  return sum_up(otherwise,
                {clicks, compare_rates("purchases", before.purchases, now.purchases, policy, look),
                 compare_failures(control, canary, policy, look), compare_latency(control, canary, policy, look)});
}

Judgement judge_service(const VersionMetrics& control, const VersionMetrics& canary, const CanaryPolicy& policy,
                        Look look) {
  return sum_up(Verdict::kPass,
                {compare_failures(control, canary, policy, look), compare_latency(control, canary, policy, look)});
}

}  // namespace magpie::batch

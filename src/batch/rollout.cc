#include "batch/rollout.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "model/user_state.h"

namespace magpie::batch {
namespace {

std::string name_of(ModelVersion version) { return "model " + std::to_string(version.get()); }

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + "%"; }

bool is_canary(const ModelAliases& aliases, ModelVersion version) {
  return aliases.canary && aliases.canary->version == version;
}

Error no_canary(ModelVersion version) {
  return failed_precondition(name_of(version) + " is not the canary any more: another one is, or it was withdrawn");
}

RolloutProgress settled(RolloutState state, std::string report) { return {state, 1, {}, std::move(report)}; }

// What the aliases alone say; nothing while the version is the canary.
Result<std::optional<RolloutProgress>> settled_by(const ModelAliases& aliases, ModelVersion version) {
  if (aliases.production == version)
    return std::optional(settled(RolloutState::kDone, name_of(version) + " is in production"));
  if (is_canary(aliases, version)) return std::optional<RolloutProgress>();
  if (aliases.rejected && aliases.rejected->version == version) {
    return std::optional(settled(RolloutState::kRejected, aliases.rejected->reason));
  }
  return no_canary(version);
}

Status raise_share(ModelStore& models, ModelVersion version, double share, Timestamp now) {
  return models.update_aliases([=](const ModelAliases& current) -> Result<ModelAliases> {
    if (!is_canary(current, version)) return no_canary(version);
    return with_canary(current, version, share, now);
  });
}

Status promote_canary(ModelStore& models, ModelVersion version) {
  return models.update_aliases([=](const ModelAliases& current) -> Result<ModelAliases> {
    if (current.production == version) return current;
    if (!is_canary(current, version)) return no_canary(version);
    return promoted(current, version);
  });
}

VersionMetrics metrics_of(ModelVersion version, Engagement engagement, const VersionService& service) {
  return {version, engagement, service.requests, service.degraded, service.latency};
}

// Nothing where the canary is not in force yet.
using Observation = std::optional<Judgement>;

Result<Observation> observe(const RolloutDependencies& dependencies, const ModelAliases& aliases,
                            const CanaryPolicy& policy, Look look) {
  const Canary& canary = *aliases.canary;
  const ModelVersion control = *aliases.production;
  MAGPIE_ASSIGN_OR_RETURN(const auto service, dependencies.serving.service_of(canary.version));
  if (!service.refusal.empty())
    return Observation(Judgement{Verdict::kFail, "it cannot be served: " + service.refusal});
  if (!service.in_force) return Observation();
  MAGPIE_ASSIGN_OR_RETURN(const auto control_service, dependencies.serving.service_of(control));
  if (canary.share >= 1) {
    return Observation(
        judge_service(metrics_of(control, {}, control_service), metrics_of(canary.version, {}, service), policy, look));
  }
  // Of the time with this share: mixtures of the two differ before and after, and so do the hours of the day.
  const TimeWindow window{canary.share_since, dependencies.clock.now() + kMaxClockSkew};
  MAGPIE_ASSIGN_OR_RETURN(const auto engagement,
                          read_engagement(dependencies.history, window, control, canary.version));
  return Observation(judge(metrics_of(control, engagement.control, control_service),
                           metrics_of(canary.version, engagement.canary, service), policy, look));
}

bool is_rejection(const Judgement& judgement, const CanaryPolicy& policy, Look look) {
  if (judgement.verdict != Verdict::kTooLittleData) return judgement.verdict == Verdict::kFail;
  return look == Look::kFinal && policy.without_data == WithoutData::kFail;
}

std::string report_on(const Canary& canary, const Observation& observation) {
  std::string report = name_of(canary.version) + " as canary for " + percent(canary.share) + " of the users: ";
  if (!observation) return report + "not in force yet";
  return report + std::string(to_string(observation->verdict)) + ": " + observation->reason;
}

double elapsed_share(Timestamp from, Timestamp now, Timestamp until) {
  if (now >= until) return 1;
  return std::max(std::chrono::duration<double>(now - from) / std::chrono::duration<double>(until - from), 0.0);
}

// The canary with the share it has, until `since` + `span`. A canary that is not in force shows nothing: it is waited
// for beyond that time, as long as the caller has patience.
Result<RolloutProgress> watch(const RolloutDependencies& dependencies, const ModelAliases& aliases,
                              const RolloutSettings& settings, Timestamp since, Duration span) {
  const Canary& canary = *aliases.canary;
  const Timestamp now = dependencies.clock.now();
  const Timestamp until = since + span;
  const Look look = now >= until ? Look::kFinal : Look::kInterim;
  MAGPIE_ASSIGN_OR_RETURN(const Observation observation, observe(dependencies, aliases, settings.policy, look));
  std::string report = report_on(canary, observation);
  if (observation && is_rejection(*observation, settings.policy, look)) {
    MAGPIE_RETURN_IF_ERROR(abandon_canary(dependencies.models, canary.version, report, now));
    return settled(RolloutState::kRejected, std::move(report));
  }
  if (observation && look == Look::kFinal) return settled(RolloutState::kDone, std::move(report));
  const Timestamp next = now + settings.check_interval;
  return RolloutProgress{RolloutState::kWaiting, elapsed_share(since, now, until),
                         look == Look::kFinal ? next : std::min(next, until), std::move(report)};
}

// Of the steps' time together, where that of one of them is `fraction` over.
double fraction_of_steps(const RolloutSettings& settings, double share, double fraction) {
  const auto past = std::count_if(settings.steps.begin(), settings.steps.end(), [&](double s) { return s < share; });
  return (static_cast<double>(past) + fraction) / static_cast<double>(settings.steps.size());
}

// The next share, or production.
Result<RolloutProgress> take_next_step(const RolloutDependencies& dependencies, const Canary& canary,
                                       const RolloutSettings& settings) {
  const auto next = std::upper_bound(settings.steps.begin(), settings.steps.end(), canary.share);
  if (next == settings.steps.end()) {
    MAGPIE_RETURN_IF_ERROR(promote_canary(dependencies.models, canary.version));
    return settled(RolloutState::kDone, name_of(canary.version) + " is in production");
  }
  const Timestamp now = dependencies.clock.now();
  MAGPIE_RETURN_IF_ERROR(raise_share(dependencies.models, canary.version, *next, now));
  return RolloutProgress{RolloutState::kWaiting, fraction_of_steps(settings, *next, 0),
                         now + std::min(settings.check_interval, settings.step_hold),
                         name_of(canary.version) + " as canary for " + percent(*next) + " of the users from now on"};
}

}  // namespace

Status start_canary(const RolloutDependencies& dependencies, ModelVersion version, const RolloutSettings& settings) {
  const Timestamp now = dependencies.clock.now();
  return dependencies.models.update_aliases([&](const ModelAliases& current) -> Result<ModelAliases> {
    if (current.production == version || is_canary(current, version)) return current;
    if (!current.production) return promoted(current, version);
    return with_canary(current, version, settings.canary_share, now);
  });
}

Result<RolloutProgress> monitor_canary(const RolloutDependencies& dependencies, ModelVersion version,
                                       const RolloutSettings& settings) {
  MAGPIE_ASSIGN_OR_RETURN(const ModelAliases aliases, dependencies.models.aliases());
  MAGPIE_ASSIGN_OR_RETURN(auto known, settled_by(aliases, version));
  if (known) return *std::move(known);
  return watch(dependencies, aliases, settings, aliases.canary->started_at, settings.monitoring);
}

Result<RolloutProgress> advance_rollout(const RolloutDependencies& dependencies, ModelVersion version,
                                        const RolloutSettings& settings) {
  MAGPIE_ASSIGN_OR_RETURN(const ModelAliases aliases, dependencies.models.aliases());
  MAGPIE_ASSIGN_OR_RETURN(auto known, settled_by(aliases, version));
  if (known) return *std::move(known);
  const Canary& canary = *aliases.canary;
  const bool in_step = std::find(settings.steps.begin(), settings.steps.end(), canary.share) != settings.steps.end();
  if (in_step) {
    MAGPIE_ASSIGN_OR_RETURN(auto progress,
                            watch(dependencies, aliases, settings, canary.share_since, settings.step_hold));
    if (progress.state == RolloutState::kRejected) return progress;
    progress.fraction = fraction_of_steps(settings, canary.share, progress.fraction);
    if (progress.state == RolloutState::kWaiting) return progress;
  }
  return take_next_step(dependencies, canary, settings);
}

Status abandon_canary(ModelStore& models, ModelVersion version, std::string reason, Timestamp now) {
  return models.update_aliases([&](const ModelAliases& current) {
    return is_canary(current, version) ? without_canary(current, reason, now) : current;
  });
}

}  // namespace magpie::batch

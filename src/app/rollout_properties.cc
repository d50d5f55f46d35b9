#include "app/rollout_properties.h"

#include <chrono>

namespace magpie::app {
namespace {

using batch::RolloutSettings;
using batch::WithoutData;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr batch::CanaryPolicy kPolicy;

}  // namespace

RolloutProperties::RolloutProperties(Properties& all)
    : canary_share(all,
                   {.name = "rollout.canary_share", .description = "Share of the users that a new model serves first"},
                   RolloutSettings{}.canary_share, {0.001, 1.0}),
      monitoring(all,
                 {.name = "rollout.monitoring", .description = "How long it is compared with the one in production"},
                 RolloutSettings{}.monitoring, {seconds(0), hours(24 * 7)}),
      check_interval(all, {.name = "rollout.check_interval", .description = "Time between two looks at the figures"},
                     RolloutSettings{}.check_interval, {milliseconds(100), hours(1)}),
      step_hold(
          all,
          {.name = "rollout.step_hold", .description = "Then it serves half, and all of the users, for so long each"},
          RolloutSettings{}.step_hold, {seconds(0), hours(24 * 7)}),
      tolerated_drop(all,
                     {.name = "rollout.tolerated_drop",
                      .description = "Share of its clicks or purchases by impression that a new model may lose"},
                     kPolicy.tolerated_drop, {0.0, 1.0}),
      tolerated_degraded(all,
                         {.name = "rollout.tolerated_degraded",
                          .description = "Share of its answers that may lack a strategy beyond those of the other"},
                         kPolicy.tolerated_degraded, {0.0, 1.0}),
      latency_limit(all, {.name = "rollout.latency_limit", .description = "Largest 99th percentile of a new model"},
                    std::chrono::duration_cast<Duration>(kPolicy.latency_limit), {milliseconds(1), hours(1)}),
      latency_ratio(all, {.name = "rollout.latency_ratio", .description = "The same, by that of the one in production"},
                    kPolicy.latency_ratio, {1.0, 1000.0}),
      without_data(
          all, {.name = "rollout.without_data", .description = "Verdict where there is too little traffic to compare"},
          kPolicy.without_data, {{"pass", WithoutData::kPass}, {"fail", WithoutData::kFail}}) {}

batch::RolloutSettings RolloutProperties::settings() const {
  RolloutSettings settings;
  settings.canary_share = canary_share();
  settings.monitoring = monitoring();
  settings.check_interval = check_interval();
  settings.step_hold = step_hold();
  settings.policy.tolerated_drop = tolerated_drop();
  settings.policy.tolerated_degraded = tolerated_degraded();
  settings.policy.latency_limit = latency_limit();
  settings.policy.latency_ratio = latency_ratio();
  settings.policy.without_data = without_data();
  return settings;
}

}  // namespace magpie::app

// ServingMetrics: the instruments of the request path.
//
// A label has a closed set of values: a surface that is none of kSurfaceLabels counts as "other", so that no client can
// make the process grow by inventing surfaces. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "serving/fan_out.h"
#include "serving/model_holder.h"

namespace magpie::serving {

inline constexpr std::array<std::string_view, 8> kSurfaceLabels{"default", "home",   "item_page", "category_page",
                                                                "cart",    "search", "email",     "other"};

class ServingMetrics {
 public:
  explicit ServingMetrics(Metrics& metrics);

  void observe_latency(std::string_view surface, std::chrono::nanoseconds elapsed);
  void observe_answer(ModelRole role, std::chrono::nanoseconds elapsed, bool degraded);
  void count(const StrategyReport& report);
  void count_fallback() { fallbacks_.add(); }
  void count_refused() { refused_.add(); }

 private:
  struct RoleInstruments {
    Histogram latency;  // Counts the requests as well.
    Counter degraded;
  };

  std::vector<Histogram> latencies_;  // By kSurfaceLabels.
  std::vector<RoleInstruments> roles_;  // By ModelRole.
  std::vector<std::array<Counter, kStrategyOutcomes>> strategy_counters_;  // By Source.
  Counter fallbacks_;
  Counter refused_;
};

}  // namespace magpie::serving

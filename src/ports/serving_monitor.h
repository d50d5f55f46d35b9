// ServingMonitor: how a model version fares in serving, for whoever decides about it.
//
// Figures are of the time since the present pair of production and canary has been in force, so that both are of the
// same time. They may begin anew (a restart).
// Thread-safe. Errors: kUnavailable (retry).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/latency_histogram.h"
#include "base/status.h"
#include "model/ids.h"

namespace magpie {

struct VersionService {
  bool in_force = false;  // Loaded, and answering those whom its role gives it.
  // Why it never will be as it is: its bytes are damaged. Empty while it may still come.
  std::string refusal;
  std::uint64_t requests = 0;
  std::uint64_t degraded = 0;  // Answers that lacked features or a strategy.
  LatencyDistribution latency{};
};

class ServingMonitor {
 public:
  ServingMonitor() = default;
  ServingMonitor(const ServingMonitor&) = delete;
  ServingMonitor& operator=(const ServingMonitor&) = delete;
  virtual ~ServingMonitor() = default;

  // Not in force, without a refusal, for a version that serving has not heard of.
  [[nodiscard]] virtual Result<VersionService> service_of(ModelVersion version) = 0;
};

}  // namespace magpie

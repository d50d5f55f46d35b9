// Ports: the backends of one deployment profile, chosen once and owned together. The rest of the application sees
// references to the ports only.
#pragma once

#include <filesystem>
#include <memory>

#include "app/settings.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/status.h"
#include "ports/analytics.h"
#include "ports/catalogue_store.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"
#include "ports/history_store.h"
#include "ports/model_store.h"
#include "ports/vector_index.h"

namespace magpie::app {

class Ports {
 public:
  Ports() = default;
  Ports(const Ports&) = delete;
  Ports& operator=(const Ports&) = delete;
  virtual ~Ports() = default;

  [[nodiscard]] virtual EventLog& event_log() = 0;
  [[nodiscard]] virtual FeatureStore& features() = 0;
  [[nodiscard]] virtual CatalogueStore& catalogue() = 0;
  [[nodiscard]] virtual HistoryStore& history() = 0;
  [[nodiscard]] virtual Analytics& analytics() = 0;
  [[nodiscard]] virtual ModelStore& models() = 0;
  [[nodiscard]] virtual const VectorIndexFactory& indexes() = 0;
};

// Everything in one directory of this machine. kFailedPrecondition where another process holds the directory.
// The references must outlive the result.
[[nodiscard]] Result<std::unique_ptr<Ports>> open_embedded_profile(const std::filesystem::path& data,
                                                                   const Settings& settings, const EventTypes& types,
                                                                   const Clock& clock, Metrics& metrics);

}  // namespace magpie::app

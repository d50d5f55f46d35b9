#include "serving/model_monitor.h"

namespace magpie::serving {
namespace {

VersionService in_force(const ModelTraffic& traffic) {
  VersionService service;
  service.in_force = true;
  service.latency = traffic.latency();
  service.requests = service.latency.total();
  service.degraded = traffic.degraded();
  return service;
}

}  // namespace

Result<VersionService> ModelMonitor::service_of(ModelVersion version) {
  const auto lineup = models_.lineup();
  const ServedModel& production = lineup->production;
  if (production.model != nullptr && production.model->version() == version) return in_force(*production.traffic);
  if (lineup->canary && lineup->canary->model->version() == version) return in_force(*lineup->canary->traffic);
  VersionService absent;
  absent.refusal = refusal_of(version);
  return absent;
}

std::string ModelMonitor::refusal_of(ModelVersion version) const {
  for (const ModelRole role : {ModelRole::kProduction, ModelRole::kCanary}) {
    const auto problem = loader_.problem(role);
    if (problem && problem->refused && problem->version == version) return problem->reason.to_string();
  }
  return {};
}

}  // namespace magpie::serving

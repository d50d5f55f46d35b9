// ModelMonitor: the figures of the models that serve in this process (ports/serving_monitor.h).
#pragma once

#include "ports/serving_monitor.h"
#include "serving/model_holder.h"
#include "serving/model_loader.h"

namespace magpie::serving {

class ModelMonitor final : public ServingMonitor {
 public:
  // Both must outlive this.
  ModelMonitor(const ModelHolder& models, const ModelLoader& loader) : models_(models), loader_(loader) {}

  // Never fails.
  [[nodiscard]] Result<VersionService> service_of(ModelVersion version) override;

 private:
  [[nodiscard]] std::string refusal_of(ModelVersion version) const;

  const ModelHolder& models_;
  const ModelLoader& loader_;
};

}  // namespace magpie::serving

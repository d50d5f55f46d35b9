// Training on demand: the daily pipeline, by itself and without a canary, as one call that waits.
// Thread-safe.
#pragma once

#include "base/status.h"
#include "batch/pipeline/pipeline.h"
#include "batch/train_settings.h"
#include "model/trained_model.h"
#include "ports/model_store.h"

namespace magpie::batch {

// Begins an attended run that puts its version in production at once, and waits for it. kFailedPrecondition where
// another run is going on, and for a run that fails, with what its tasks say; kUnavailable where `pipeline` stops.
[[nodiscard]] Result<ModelInfo> train_by_pipeline(pipeline::Pipeline& pipeline, ModelStore& models,
                                                  const ReportProgress& progress);

}  // namespace magpie::batch

// Runs of the pipeline in JSON, as api/openapi.yaml describes them. Each function appends to `out`.
// Thread-safe. Precondition: a run has a record for each task of its Dag.
#pragma once

#include <span>
#include <string>

#include "batch/pipeline/dag.h"
#include "batch/pipeline/run.h"

namespace magpie::api {

struct ShownRun {
  batch::pipeline::PipelineRun run;
  bool going_on = false;  // It is worked on.
};

void write_pipeline_run(const batch::pipeline::Dag& dag, const ShownRun& shown, std::string& out);
void write_pipeline_runs(const batch::pipeline::Dag& dag, std::span<const ShownRun> shown, std::string& out);

}  // namespace magpie::api

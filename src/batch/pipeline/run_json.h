// The stored form of a run: JSON for people and for other programs, with a checksum of itself
// (docs/formats/pipeline_run.md).
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "batch/pipeline/run.h"

namespace magpie::batch::pipeline {

// Equal runs give equal bytes. kInvalidArgument: text that is not UTF-8.
[[nodiscard]] Result<std::string> encode_run(const PipelineRun& run);
// kDataLoss: damaged. kFailedPrecondition: written in another version of the format.
[[nodiscard]] Result<PipelineRun> decode_run(std::string_view text);

}  // namespace magpie::batch::pipeline

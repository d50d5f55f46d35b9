// The JSON form of an evaluation report: docs/formats/evaluation_report.md. Pure.
#pragma once

#include <string>

#include "batch/evaluation/report.h"

namespace magpie::batch {

// One object, indented, with a line end.
[[nodiscard]] std::string to_json(const EvaluationReport& report);

}  // namespace magpie::batch

// An evaluation report as tables for a terminal.
#pragma once

#include <string>

#include "batch/evaluation/report.h"

namespace magpie::app {

// Lines of at most 120 characters, with a line end each.
[[nodiscard]] std::string evaluation_text(const batch::EvaluationReport& report);

}  // namespace magpie::app

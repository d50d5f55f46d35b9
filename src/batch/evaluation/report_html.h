// The HTML form of an evaluation report: one page with its style and its pictures inside, no script, nothing fetched.
// Pure.
#pragma once

#include <string>

#include "batch/evaluation/report.h"

namespace magpie::batch {

[[nodiscard]] std::string to_html(const EvaluationReport& report);

}  // namespace magpie::batch

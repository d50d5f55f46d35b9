// A Dag for people: as text, and in the languages of Graphviz and Mermaid.
// Thread-safe.
#pragma once

#include <string>

#include "batch/pipeline/dag.h"

namespace magpie::batch::pipeline {

// A line a task: its number, id, title, and what it waits for.
[[nodiscard]] std::string to_text(const Dag& dag);
[[nodiscard]] std::string to_dot(const Dag& dag);
[[nodiscard]] std::string to_mermaid(const Dag& dag);

}  // namespace magpie::batch::pipeline

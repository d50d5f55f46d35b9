// Interleaving: one ranking out of two whose scores cannot be compared, by turns the best of each that is not there
// yet. Pure and thread-safe.
#pragma once

#include <span>
#include <vector>

#include "kernels/topk.h"

namespace magpie {

// Both best first. The first of `first` leads; where one list ends the other goes on. Distinct rows, each with the
// score that it has in the list that it was taken from.
[[nodiscard]] std::vector<ScoredRow> interleave(std::span<const ScoredRow> first, std::span<const ScoredRow> second);

}  // namespace magpie

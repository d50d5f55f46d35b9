// Measures the rankings of users: accuracy, what lies beyond it, and calibration, with intervals over users, for all of
// them and by segment. Pure, deterministic for a seed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "batch/evaluation/contenders.h"
#include "batch/evaluation/report.h"
#include "batch/evaluation/split.h"
#include "kernels/bootstrap.h"

namespace magpie::batch {

inline constexpr std::size_t kNewUserItems = 10;  // Fewer items in training: a new user.
inline constexpr double kHeadShare = 0.2;  // Of the items, by popularity; the others are the tail.
inline constexpr double kHeavyShare = 0.2;  // Of the measured users, by items in training.
inline constexpr std::size_t kCalibrationBins = 10;
inline constexpr std::size_t kDeepest = 50;  // Of the curve of NDCG by depth.

struct Measured {
  const EvaluationSplit& split;
  std::span<const Contender> contenders;  // The engine first; the baseline among them.
  std::span<const TestUser> users;
  std::span<const UserRankings>
      rankings;  // Parallel to users; lists of at least max(k, kDeepest) rows if there are so many.
  const SparseMatrix& content;  // Of the items: unit length, ascending columns.
};

// Fills everything that follows from the rankings: measured_users, candidate_recall, segments, catalogue, depths and
// calibration. k > 0.
void measure(const Measured& measured, std::size_t k, const BootstrapParameters& bootstrap, EvaluationReport& report);

}  // namespace magpie::batch

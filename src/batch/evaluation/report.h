// EvaluationReport: what an evaluation found, as numbers. Written as JSON and as HTML
// (docs/formats/evaluation_report.md); what the measures mean is in docs/evaluation.md.
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "batch/evaluation/contenders.h"
#include "kernels/bootstrap.h"
#include "kernels/calibration.h"
#include "kernels/off_policy.h"
#include "model/response_model.h"

namespace magpie::batch {

// Of one list; a mean over users where it is reported.
enum class Measure : std::uint8_t { kRecall, kHitRate, kNdcg, kMrr, kNovelty, kDiversity };
inline constexpr std::size_t kMeasures = 6;
[[nodiscard]] std::string_view to_string(Measure measure);  // "recall", "hit_rate", ...

struct MeasureResult {
  Estimate estimate;
  // To the baseline, on the same users; of the measures of accuracy only, and not of the baseline itself.
  std::optional<Difference> to_baseline;
};

struct ContenderResult {
  Contender contender = Contender::kEngine;
  std::array<MeasureResult, kMeasures> measures;
};

// The users of one kind, or all users and only items of one kind.
struct SegmentResult {
  std::string name;  // "all", "new_users", ...
  std::string description;
  std::size_t users = 0;
  std::vector<ContenderResult> contenders;  // All of them; none where there are no users.
};

// Over all users.
struct CatalogueResult {
  Contender contender = Contender::kEngine;
  double coverage = 0;
  double gini = 0;
  std::vector<double> ndcg_by_depth;  // Parallel to EvaluationReport::depths.
};

// Of the engine's probability that a shown item is the user's next one.
struct CalibrationResult {
  std::vector<ReliabilityBin> bins;
  double expected_error = 0;
};

struct OffPolicyResult {
  std::optional<OffPolicyEstimate> estimate;
  std::string reason;  // Why there is no estimate, or what to mind about it; may be empty.
};

struct EvaluationReport {
  std::string split;  // "leave-one-out" or "temporal"
  std::optional<Timestamp> split_at;
  std::size_t k = 0;
  std::uint64_t seed = 0;
  std::size_t resamples = 0;
  double confidence = 0;
  std::uint64_t train_interactions = 0;
  std::size_t train_users = 0;
  std::size_t items = 0;
  std::size_t test_users = 0;        // That there are.
  std::size_t measured_users = 0;    // That lists were made for.
  double candidate_recall = 0;       // Share of the relevant items that the ranker was given.
  std::vector<SegmentResult> segments;    // "all" first.
  std::vector<CatalogueResult> catalogue;
  std::vector<std::size_t> depths;
  CalibrationResult calibration;
  // Of the head that predicts clicks, fitted on the held-out candidates of the training part; nothing where they are
  // too few (batch/response_training.h).
  std::optional<ResponseQuality> click_head;
  OffPolicyResult off_policy;
};

}  // namespace magpie::batch

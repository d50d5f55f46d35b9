// Evaluation: splits the history, trains on one part, ranks for the users of the other, and measures what came out.
//
// Nothing is published and nothing stored changes. Same data, settings and seed: same report. Takes about as long as a
// training, and as much memory. Errors: kInvalidArgument (a setting, named), kFailedPrecondition (nothing to train on
// or nothing to test), and those of the ports.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/status.h"
#include "batch/evaluation/report.h"
#include "batch/evaluation/split.h"
#include "batch/evaluation/trained_models.h"
#include "batch/train_settings.h"
#include "kernels/bootstrap.h"
#include "model/catalogue.h"
#include "model/event_type.h"
#include "ports/history_store.h"
#include "ports/vector_index.h"

namespace magpie::batch {

struct EvaluationSettings {
  SplitKind split = SplitKind::kLeaveOneOut;
  std::optional<Timestamp> at;  // Of the temporal split; otherwise `holdout` says where it is.
  double holdout = 0.1;         // Share of the interactions that are later than the split; in (0, 1).
  std::size_t k = 10;           // Length of the lists that are measured; 1 to 100.
  std::size_t most_users = 50'000;  // Measured; of more, so many are taken evenly.
  unsigned threads = 2;
  // The network takes most of the time; without it the engine is what a training on demand makes it.
  WithTwoTower two_tower = WithTwoTower::kYes;
  BootstrapParameters bootstrap;
  TrainSettings training;
};

struct EvaluationDependencies {
  HistoryStore& history;
  std::shared_ptr<const CatalogueSnapshot> catalogue;
  const VectorIndexFactory& indexes;
  const EventTypes& types;
  Timestamp now;  // The end of the window of history.
};

// `progress` may be empty.
[[nodiscard]] Result<EvaluationReport> evaluate(const EvaluationDependencies& dependencies,
                                                const EvaluationSettings& settings, const ReportProgress& progress);

}  // namespace magpie::batch

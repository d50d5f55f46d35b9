// Response training: fits the heads that predict clicks and purchases (kernels/response_heads.h).
//
// From logged impressions where enough of them were clicked: each is described by what was known strictly before it
// (sql/features/training_examples.sql). Otherwise from the candidates of users whose last item was held out, where a
// click is that item: then only the features of the ranker have a say, and there is no head for purchases.
// Pure but for the reading; deterministic.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "kernels/ranker.h"
#include "kernels/response_heads.h"
#include "model/response_model.h"
#include "ports/analytics.h"

namespace magpie::batch {

struct ResponseTrainingSettings {
  ResponseParameters heads;
  std::uint64_t minimum_clicks = 500;    // Fewer logged ones: the holdout is learned from.
  std::size_t most_examples = 300'000;  // The latest impressions; of the holdout, users taken evenly.
};

// Examples with both labels: `clicks.labels`, and `purchases` beside them.
struct LoggedResponses {
  ResponseExamples clicks;
  std::vector<std::uint8_t> purchases;
};

// `training_examples`: the table of batch/feature_tables.h. Errors: those of the port.
[[nodiscard]] Result<LoggedResponses> read_logged_responses(Analytics& analytics,
                                                            const std::filesystem::path& training_examples,
                                                            std::size_t most);

// At most `most` rows, whole users, evenly spread.
[[nodiscard]] ResponseExamples holdout_responses(std::span<const RankerExample> holdout, std::size_t most);

// `holdout`: RankerTraining::examples.
[[nodiscard]] ResponseModel fit_response_heads(const LoggedResponses& logged, std::span<const RankerExample> holdout,
                                               const ResponseTrainingSettings& settings = {});

// For ModelInfo::metrics: "click_calibration_error" (the expected error of its probabilities), "click_log_loss",
// "click_base_log_loss" (of always saying the mean rate), "click_examples", and the same of "conversion"; a head that
// there is not has none.
[[nodiscard]] std::map<std::string, double> response_metrics(const ResponseModel& model);

}  // namespace magpie::batch

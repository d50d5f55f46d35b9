// Retention: what is old enough is forgotten: history past its window, log records that every reader has passed and
// that are past the log's own window, features past their TTL, model versions past the number kept. Runs hourly.
#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "ports/event_log.h"
#include "ports/feature_store.h"
#include "ports/history_store.h"
#include "ports/model_store.h"

namespace magpie::batch {

struct RetentionSettings {
  Duration history_window = std::chrono::days(90);
  Duration log_window = std::chrono::days(7);
  std::size_t models_kept = 10;
};

struct RetentionReport {
  std::size_t history_days = 0;
  std::size_t compacted_days = 0;
  std::size_t expired_users = 0;
  std::uint64_t log_records = 0;
};

[[nodiscard]] Result<RetentionReport> enforce_retention(EventLog& log, HistoryStore& history, FeatureStore& features,
                                                        ModelStore& models, const RetentionSettings& settings,
                                                        Timestamp now);

}  // namespace magpie::batch

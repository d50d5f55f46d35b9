#include "batch/retention.h"

#include <algorithm>

namespace magpie::batch {
namespace {

constexpr std::size_t kLookAhead = 1024;  // Records read at a time in search of the first one to keep.

// The offset that every reader of the partition has passed.
Result<Offset> passed(FeatureStore& features, HistoryStore& history, Partition partition) {
  MAGPIE_ASSIGN_OR_RETURN(const Offset applied, features.applied(partition));
  MAGPIE_ASSIGN_OR_RETURN(const Offset persisted, history.persisted(partition));
  return std::min(applied, persisted);
}

// The first offset below `bound` whose record is not older than `horizon`; `bound` where all are older. Event times are
// nearly ascending, so this keeps some old ones behind a young one and never the other way round.
Result<Offset> first_to_keep(EventLog& log, Partition partition, Offset from, Offset bound, Timestamp horizon,
                             std::uint64_t& old_records) {
  while (true) {
    MAGPIE_ASSIGN_OR_RETURN(const std::vector<LoggedEvent> events, log.read(partition, from, kLookAhead));
    for (const LoggedEvent& logged : events) {
      if (logged.offset >= bound) return bound;
      if (logged.event.time >= horizon) return logged.offset;
      ++old_records;
    }
    if (events.size() < kLookAhead) return bound;
    from = events.back().offset + 1;
  }
}

Result<std::uint64_t> trim(EventLog& log, FeatureStore& features, HistoryStore& history, Timestamp horizon) {
  std::uint64_t trimmed = 0;
  for (Partition partition = 0; partition < log.partitions(); ++partition) {
    MAGPIE_ASSIGN_OR_RETURN(const Offset bound, passed(features, history, partition));
    std::uint64_t old_records = 0;
    MAGPIE_ASSIGN_OR_RETURN(const Offset keep, first_to_keep(log, partition, 0, bound, horizon, old_records));
    if (old_records > 0) MAGPIE_RETURN_IF_ERROR(log.trim(partition, keep));
    trimmed += old_records;
  }
  return trimmed;
}

}  // namespace

Result<RetentionReport> enforce_retention(EventLog& log, HistoryStore& history, FeatureStore& features,
                                          ModelStore& models, const RetentionSettings& settings, Timestamp now) {
  RetentionReport report;
  MAGPIE_ASSIGN_OR_RETURN(report.history_days, history.retain(now - settings.history_window));
  MAGPIE_ASSIGN_OR_RETURN(report.compacted_days, history.compact());
  MAGPIE_ASSIGN_OR_RETURN(report.expired_users, features.expire(now - kFeatureTtl));
  MAGPIE_ASSIGN_OR_RETURN(report.log_records, trim(log, features, history, now - settings.log_window));
  MAGPIE_RETURN_IF_ERROR(models.retain(settings.models_kept));
  return report;
}

}  // namespace magpie::batch

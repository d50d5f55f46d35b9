// DuckAnalytics: analytics on one machine, by DuckDB. A table is one file: <location>/part-00000000.parquet.
//
// Every operation has a DuckDB instance of its own (duck_session.h), with the memory and the threads of the settings:
// what does not fit is spilled. The functions that sql/ takes from Spark SQL are macros there.
// Thread-safe: any number of operations side by side.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>

#include "adapters/embedded/duck_session.h"
#include "model/event_type.h"
#include "ports/analytics.h"

namespace magpie::embedded {

struct DuckAnalyticsSettings {
  // Owned by this object: emptied when it opens. Holds what does not fit into memory.
  std::filesystem::path spill_directory;
  std::size_t memory_limit_bytes = 512UL << 20U;  // Of one operation; its Parquet writer takes some more.
  std::size_t threads = 1;                        // Of one operation. Changes no byte of what is written.
};

class DuckAnalytics final : public Analytics {
 public:
  // `types` must outlive the result. Errors: kUnavailable, kFailedPrecondition (the spill directory).
  [[nodiscard]] static Result<std::unique_ptr<DuckAnalytics>> open(const EventTypes& types,
                                                                   DuckAnalyticsSettings settings);

  [[nodiscard]] Result<AnalyticsTableSize> write(const AnalyticsQuery& query, const std::filesystem::path& to) override;
  [[nodiscard]] Status visit(const AnalyticsQuery& query, const VisitRows& visit) override;
  [[nodiscard]] Result<AnalyticsTableSize> write_rows(const AnalyticsRows& rows,
                                                      const std::filesystem::path& to) override;
  [[nodiscard]] Result<AnalyticsTableSize> write_events(const EventSource& source,
                                                        const std::filesystem::path& to) override;
  [[nodiscard]] Status scan_events(const std::filesystem::path& events, const VisitEvents& visit) override;

 private:
  DuckAnalytics(const EventTypes& types, DuckAnalyticsSettings settings)
      : types_(types), settings_(std::move(settings)) {}

  [[nodiscard]] Result<DuckSession> open_session();

  const EventTypes& types_;
  const DuckAnalyticsSettings settings_;
  std::atomic<std::uint64_t> sessions_ = 0;  // Numbers their spill directories.
};

}  // namespace magpie::embedded

// SparkAnalytics: analytics by cluster/spark/run_sql.py, for a benchmark that has Spark as its peer and a check that
// both engines find the same rows.
// Thread-safety: one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "ports/analytics.h"

namespace magpie::bench {

struct SparkSettings {
  std::filesystem::path job;      // cluster/spark/run_sql.py
  std::filesystem::path pyspark;  // The folder that PYTHONPATH needs.
  std::filesystem::path log;      // Spark's own words.
  std::string memory = "6g";
};

class SparkAnalytics final : public Analytics {
 public:
  // `local` writes the tables that come from this process.
  [[nodiscard]] static Result<std::unique_ptr<SparkAnalytics>> start(const SparkSettings& settings, Analytics& local);
  ~SparkAnalytics() override;

  [[nodiscard]] Result<AnalyticsTableSize> write(const AnalyticsQuery& query, const std::filesystem::path& to) override;
  [[nodiscard]] Status visit(const AnalyticsQuery& query, const VisitRows& visit) override;
  [[nodiscard]] Result<AnalyticsTableSize> write_rows(const AnalyticsRows& rows,
                                                      const std::filesystem::path& to) override {
    return local_.write_rows(rows, to);
  }
  [[nodiscard]] Result<AnalyticsTableSize> write_events(const EventSource& source,
                                                        const std::filesystem::path& to) override {
    return local_.write_events(source, to);
  }
  [[nodiscard]] Status scan_events(const std::filesystem::path& events, const VisitEvents& visit) override {
    return local_.scan_events(events, visit);
  }

 private:
  SparkAnalytics(Analytics& local, pid_t pid, int requests, int answers)
      : local_(local), pid_(pid), requests_(requests), answers_(answers) {}

  // One line there, one line back.
  [[nodiscard]] Result<std::string> ask(const std::string& request);

  Analytics& local_;
  const pid_t pid_;
  const int requests_;
  const int answers_;
  std::string pending_;  // Read, and not yet a line.
};

}  // namespace magpie::bench

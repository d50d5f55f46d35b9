#include "batch/feature_tables.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "batch/extraction.h"
#include "batch/sql_script.h"
#include "batch/table_parts.h"

namespace magpie::batch {
namespace {

namespace fs = std::filesystem;

// Between two queries.
constexpr std::string_view kItemMoments = "item_moments";

SqlParameters parameters_of(Timestamp window_end, const FeatureSettings& settings) {
  return {{"window_end_ms", to_unix_ms(window_end)},
          {"session_gap_ms", settings.session_gap.count()},
          {"click_attribution_ms", settings.click_attribution.count()},
          {"purchase_attribution_ms", settings.purchase_attribution.count()},
          {"examples_from_ms", to_unix_ms(window_end - settings.examples)},
          {"prior_impressions", std::int64_t{settings.prior_impressions}},
          {"prior_users", std::int64_t{settings.prior_users}}};
}

// The queries of sql/features/ over clean events, the catalogue, and tables that earlier ones have written.
class FeatureQueries {
 public:
  FeatureQueries(Analytics& analytics, const FeatureSources& sources, const FeatureSettings& settings)
      : analytics_(analytics), parameters_(parameters_of(sources.window_end, settings)) {
    add_table("clean_events", sources.clean / kCleanEvents);
    add_table("event_types", sources.raw / kRawEventTypes);
    add_table("items", sources.raw / kRawItems);
  }

  void add_table(std::string_view name, fs::path location) {
    tables_.push_back({std::string(name), std::move(location)});
  }

  // In parts of about so many events.
  [[nodiscard]] Status divide(std::uint64_t events_per_part) {
    MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery query,
                            sql_query("extract", "totals", {}, {{"events", tables_.front().location}}, {}));
    return analytics_.visit(query, [&](const AnalyticsRows& rows) {
      const auto events = static_cast<std::uint64_t>(rows.get<IntegerColumn>("events")[0].value_or(0));
      parts_ = events / std::max<std::uint64_t>(1, events_per_part) + 1;
      return ok_status();
    });
  }
  // A table of all parts; later queries read it.
  [[nodiscard]] Status write_parts(std::string_view table, const std::vector<std::string_view>& views,
                                   const fs::path& to) {
    MAGPIE_RETURN_IF_ERROR(magpie::remove_all(to / table));  // Of an earlier run with other parts.
    parameters_.insert_or_assign("parts", static_cast<std::int64_t>(parts_));
    for (std::uint64_t part = 0; part < parts_; ++part) {
      parameters_.insert_or_assign("part", static_cast<std::int64_t>(part));
      MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery query, sql_query("features", table, views, tables_, parameters_));
      MAGPIE_RETURN_IF_ERROR(analytics_.write(query, to / table / part_name(part)).status());
    }
    add_table(table, to / table);
    return ok_status();
  }

  // A table has the name of its query.
  [[nodiscard]] Status write(std::string_view table, const std::vector<std::string_view>& views, const fs::path& to) {
    MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery query, sql_query("features", table, views, tables_, parameters_));
    return analytics_.write(query, to / table).status();
  }

 private:
  Analytics& analytics_;
  std::vector<AnalyticsTable> tables_;
  SqlParameters parameters_;
  std::uint64_t parts_ = 1;
};

}  // namespace

Status write_user_features(Analytics& analytics, const FeatureSources& sources, const FeatureSettings& settings,
                           const fs::path& to) {
  FeatureQueries queries(analytics, sources, settings);
  MAGPIE_RETURN_IF_ERROR(queries.write(kUserFeatures, {"user_sessions"}, to));
  return queries.write(kUserCategories, {}, to);
}

Status write_item_features(Analytics& analytics, const FeatureSources& sources, const FeatureSettings& settings,
                           const fs::path& to) {
  return FeatureQueries(analytics, sources, settings).write(kItemFeatures, {}, to);
}

Status merge_features(Analytics& analytics, const FeatureSources& sources, const fs::path& user_features,
                      const fs::path& item_features, const FeatureSettings& settings, const fs::path& to) {
  FeatureQueries queries(analytics, sources, settings);
  queries.add_table(kUserFeatures, user_features / kUserFeatures);
  queries.add_table(kUserCategories, user_features / kUserCategories);
  queries.add_table(kItemFeatures, item_features / kItemFeatures);
  MAGPIE_RETURN_IF_ERROR(queries.write(kItemCategories, {}, to));
  MAGPIE_RETURN_IF_ERROR(queries.write(kUserItems, {}, to));
  MAGPIE_RETURN_IF_ERROR(queries.divide(settings.events_per_part));
  MAGPIE_RETURN_IF_ERROR(queries.write_parts(kItemMoments, {"example_events"}, to));
  MAGPIE_RETURN_IF_ERROR(queries.write_parts(
      kTrainingExamples, {"example_events", "user_events", "requested_responses", "unrequested_responses"}, to));
  return magpie::remove_all(to / kItemMoments);
}

}  // namespace magpie::batch

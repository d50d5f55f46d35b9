#include "batch/response_training.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "batch/feature_tables.h"
#include "batch/sql_script.h"

namespace magpie::batch {
namespace {

constexpr double kHour = 3'600'000;  // milliseconds
constexpr double kDay = 24 * kHour;

// One batch of rows of newest_examples.
class ExampleRows {
 public:
  explicit ExampleRows(const AnalyticsRows& rows) : rows_(rows) {}

  [[nodiscard]] ResponseInput input(std::size_t row) const {
    ResponseInput in;
    in.position = static_cast<std::uint32_t>(std::max<std::int64_t>(0, integer("position", row).value_or(0)));
    in.user_interactions = count("user_interactions", row);
    in.user_clicks = count("user_clicks", row);
    in.user_impressions = count("user_impressions", row);
    if (const auto recency = integer("user_recency_ms", row))
      in.user_recency_hours = static_cast<double>(*recency) / kHour;
    in.user_price = rows_.get<RealColumn>("user_price")[row];
    in.category_interactions = count("category_interactions", row);
    in.pair_interactions = count("pair_interactions", row);
    in.pair_impressions = count("pair_impressions", row);
    in.item_interactions = count("item_interactions", row);
    in.item_clicks = count("item_clicks", row);
    in.item_purchases = count("item_purchases", row);
    in.item_impressions = count("item_impressions", row);
    if (const auto age = integer("item_age_ms", row)) in.item_age_days = static_cast<double>(*age) / kDay;
    in.item_price = rows_.get<RealColumn>("item_price")[row];
    in.surface = text("surface", row);
    in.device = text("device", row);
    return in;
  }
  [[nodiscard]] std::uint8_t flag(std::string_view column, std::size_t row) const {
    return integer(column, row).value_or(0) == 1 ? 1 : 0;
  }
  [[nodiscard]] std::string_view text(std::string_view column, std::size_t row) const {
    const std::optional<std::string>& value = rows_.get<TextColumn>(column)[row];
    return value ? std::string_view(*value) : std::string_view();
  }

 private:
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view column, std::size_t row) const {
    return rows_.get<IntegerColumn>(column)[row];
  }
  [[nodiscard]] double count(std::string_view column, std::size_t row) const {
    return static_cast<double>(std::max<std::int64_t>(0, integer(column, row).value_or(0)));
  }

  const AnalyticsRows& rows_;
};

std::span<float> append_example(ResponseExamples& examples, std::uint8_t label, std::uint64_t group) {
  examples.features.columns = kResponseFeatures;
  ++examples.features.rows;
  examples.features.values.resize(examples.features.rows * kResponseFeatures);
  examples.labels.push_back(label);
  examples.groups.push_back(group);
  return examples.features.row(examples.features.rows - 1);
}

void append_rows(const AnalyticsRows& rows, LoggedResponses& logged) {
  const ExampleRows examples(rows);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::uint64_t user = hash64(examples.text("user_id", row));
    const std::span<float> features = append_example(logged.clicks, examples.flag("clicked", row), user);
    fill_response_features(examples.input(row), features);
    logged.purchases.push_back(examples.flag("purchased", row));
  }
}

void append_candidates(const RankerExample& user, std::uint64_t group, ResponseExamples& examples) {
  for (std::size_t candidate = 0; candidate < user.features.rows; ++candidate) {
    ResponseInput input;
    input.candidate.emplace();
    const std::span<const float> row = user.features.row(candidate);
    std::copy(row.begin(), row.end(), input.candidate->begin());
    const std::uint8_t label = user.chosen == candidate ? 1 : 0;
    fill_response_features(input, append_example(examples, label, group));
  }
}

std::uint64_t count_ones(std::span<const std::uint8_t> labels) {
  return static_cast<std::uint64_t>(std::count(labels.begin(), labels.end(), std::uint8_t{1}));
}

ResponseModel fit_on_impressions(const LoggedResponses& logged, const ResponseParameters& parameters) {
  ResponseModel model;
  model.source = ResponseSource::kImpressions;
  model.click = fit_response_head(logged.clicks, parameters);
  ResponseExamples purchases = logged.clicks;
  purchases.labels = logged.purchases;
  model.conversion = fit_response_head(purchases, parameters);
  return model;
}

void add_metrics(const std::string& head, const std::optional<ResponseHead>& fitted,
                 std::map<std::string, double>& metrics) {
  if (!fitted) return;
  const ResponseQuality& quality = fitted->quality;
  metrics[head + "_calibration_error"] = quality.expected_calibration_error;
  metrics[head + "_log_loss"] = quality.log_loss;
  metrics[head + "_base_log_loss"] = quality.base_log_loss;
  metrics[head + "_examples"] = static_cast<double>(quality.examples);
}

}  // namespace

Result<LoggedResponses> read_logged_responses(Analytics& analytics, const std::filesystem::path& training_examples,
                                              std::size_t most) {
  MAGPIE_ASSIGN_OR_RETURN(const AnalyticsQuery query, sql_query("features", "newest_examples", {},
                                                                {{std::string(kTrainingExamples), training_examples}},
                                                                {{"most", static_cast<std::int64_t>(most)}}));
  LoggedResponses logged;
  MAGPIE_RETURN_IF_ERROR(analytics.visit(query, [&logged](const AnalyticsRows& rows) {
    append_rows(rows, logged);
    return ok_status();
  }));
  return logged;
}

ResponseExamples holdout_responses(std::span<const RankerExample> holdout, std::size_t most) {
  std::size_t rows = 0;
  for (const RankerExample& user : holdout) rows += user.features.rows;
  const std::size_t users = rows <= most ? holdout.size() : holdout.size() * most / rows;
  ResponseExamples examples;
  for (std::size_t i = 0; i < users; ++i) {
    const std::size_t user = i * holdout.size() / users;
    append_candidates(holdout[user], user, examples);
  }
  return examples;
}

ResponseModel fit_response_heads(const LoggedResponses& logged, std::span<const RankerExample> holdout,
                                 const ResponseTrainingSettings& settings) {
  ResponseModel model;
  if (count_ones(logged.clicks.labels) >= settings.minimum_clicks) {
    model = fit_on_impressions(logged, settings.heads);
  } else {
    model.source = ResponseSource::kHoldout;
    model.click = fit_response_head(holdout_responses(holdout, settings.most_examples), settings.heads);
  }
  if (!model.click && !model.conversion) model.source = ResponseSource::kNothing;
  model.features = response_feature_names();
  return model;
}

std::map<std::string, double> response_metrics(const ResponseModel& model) {
  std::map<std::string, double> metrics;
  add_metrics("click", model.click, metrics);
  add_metrics("conversion", model.conversion, metrics);
  return metrics;
}

}  // namespace magpie::batch

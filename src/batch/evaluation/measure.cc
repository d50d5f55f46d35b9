#include "batch/evaluation/measure.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/beyond_accuracy.h"
#include "kernels/ranking_metrics.h"

namespace magpie::batch {
namespace {

// What one list is measured by: the measures, and whether the last two of them say anything of it.
enum Column : std::size_t { kHasNovelty = kMeasures, kHasDiversity, kColumns };
constexpr std::size_t kAccuracyMeasures = 4;  // The first of Measure.

constexpr std::size_t column_of(std::size_t contender, std::size_t column) { return contender * kColumns + column; }
constexpr std::size_t column_of(std::size_t contender, Measure measure) {
  return column_of(contender, static_cast<std::size_t>(measure));
}

std::span<const std::uint32_t> top(const RankedList& list, std::size_t k) {
  return std::span(list).first(std::min(k, list.size()));
}

std::vector<std::uint32_t> count_users(const Interactions& train) {
  std::vector<std::uint32_t> users_of(train.items.size());
  for (const NetPreference& preference : train.preferences) {
    if (preference.weight > 0) ++users_of[preference.row];
  }
  return users_of;
}

// The most popular of the items that were trained on.
std::vector<bool> head_items(const std::vector<std::uint32_t>& users_of) {
  std::vector<std::uint32_t> known;
  for (std::uint32_t row = 0; row < users_of.size(); ++row) {
    if (users_of[row] > 0) known.push_back(row);
  }
  std::sort(known.begin(), known.end(), [&users_of](std::uint32_t a, std::uint32_t b) {
    return users_of[a] != users_of[b] ? users_of[a] > users_of[b] : a < b;
  });
  known.resize(static_cast<std::size_t>(std::ceil(kHeadShare * static_cast<double>(known.size()))));
  std::vector<bool> head(users_of.size());
  for (const std::uint32_t row : known) head[row] = true;
  return head;
}

std::size_t items_in_training(const Interactions& train, const TestUser& user) {
  return user.train_user ? train.of(*user.train_user).size() : 0;
}

// At least so many items have the heaviest of these users.
std::size_t heavy_from(const Interactions& train, std::span<const TestUser> users) {
  std::vector<std::size_t> counts;
  for (const TestUser& user : users) counts.push_back(items_in_training(train, user));
  if (counts.empty()) return 0;
  std::sort(counts.begin(), counts.end());
  return counts[static_cast<std::size_t>((1 - kHeavyShare) * static_cast<double>(counts.size()))];
}

// One user of a segment, and the items that count there.
struct Case {
  std::size_t user = 0;
  std::vector<std::uint32_t> relevant;
};

struct Segment {
  std::string name;
  std::string description;
  std::vector<Case> cases;
};

std::vector<Segment> segments_of(const Measured& measured, const std::vector<std::uint32_t>& users_of) {
  const Interactions& train = measured.split.train;
  const std::size_t heavy = heavy_from(train, measured.users);
  const std::vector<bool> head = head_items(users_of);
  std::vector<Segment> segments = {
      {"all", "every user that was measured", {}},
      {"new_users", "fewer than " + std::to_string(kNewUserItems) + " items in training", {}},
      {"heavy_users", "the fifth with the most items in training: at least " + std::to_string(heavy), {}},
      {"tail_items", "only items outside the most popular fifth count", {}}};
  for (std::size_t user = 0; user < measured.users.size(); ++user) {
    const TestUser& tested = measured.users[user];
    const std::size_t items = items_in_training(train, tested);
    segments[0].cases.push_back({user, tested.relevant});
    if (items < kNewUserItems) segments[1].cases.push_back({user, tested.relevant});
    if (items >= heavy) segments[2].cases.push_back({user, tested.relevant});
    Case tail{user, {}};
    for (const std::uint32_t row : tested.relevant) {
      if (!head[row]) tail.relevant.push_back(row);
    }
    if (!tail.relevant.empty()) segments[3].cases.push_back(std::move(tail));
  }
  return segments;
}

class Measurer {
 public:
  Measurer(const Measured& measured, const std::vector<std::uint32_t>& users_of, std::size_t k)
      : measured_(measured), users_of_(users_of), k_(k) {}

  [[nodiscard]] std::span<const Contender> contenders() const { return measured_.contenders; }
  [[nodiscard]] std::size_t columns() const { return measured_.contenders.size() * kColumns; }

  // Every contender's columns for one case.
  [[nodiscard]] std::vector<double> row(const Case& tested) const {
    std::vector<double> values(columns());
    for (std::size_t i = 0; i < measured_.contenders.size(); ++i) {
      const RankedList& list = measured_.rankings[tested.user][measured_.contenders[i]];
      const std::span<double> columns = std::span(values).subspan(i * kColumns, kColumns);
      const RankingMetrics metrics = ranking_metrics(list, tested.relevant, k_);
      at(columns, Measure::kRecall) = metrics.recall;
      at(columns, Measure::kHitRate) = metrics.hit_rate;
      at(columns, Measure::kNdcg) = metrics.ndcg;
      at(columns, Measure::kMrr) = metrics.mrr;
      measure_beyond_accuracy(top(list, k_), columns);
    }
    return values;
  }

 private:
  static double& at(std::span<double> columns, Measure measure) { return columns[static_cast<std::size_t>(measure)]; }

  void measure_beyond_accuracy(std::span<const std::uint32_t> shown, std::span<double> columns) const {
    if (shown.empty()) return;
    at(columns, Measure::kNovelty) = mean_self_information(shown, users_of_, measured_.split.train.users.size());
    columns[kHasNovelty] = 1;
    if (const std::optional<double> diversity = intra_list_diversity(shown, measured_.content)) {
      at(columns, Measure::kDiversity) = *diversity;
      columns[kHasDiversity] = 1;
    }
  }

  const Measured& measured_;
  const std::vector<std::uint32_t>& users_of_;
  std::size_t k_;
};

// Of the contender at a place, beside the baseline at another.
ContenderResult result_of(Contender contender, std::size_t place, std::size_t baseline, const Bootstrap& bootstrap) {
  ContenderResult result{.contender = contender, .measures = {}};
  for (std::size_t m = 0; m < kAccuracyMeasures; ++m) {
    MeasureResult& measure = result.measures[m];
    measure.estimate = bootstrap.mean(column_of(place, m));
    if (place != baseline) measure.to_baseline = bootstrap.difference(column_of(place, m), column_of(baseline, m));
  }
  const auto mean_where = [&](Measure measure, Column has) {
    result.measures[static_cast<std::size_t>(measure)].estimate =
        bootstrap.ratio(column_of(place, measure), column_of(place, has));
  };
  mean_where(Measure::kNovelty, kHasNovelty);
  mean_where(Measure::kDiversity, kHasDiversity);
  return result;
}

SegmentResult measure_segment(Segment segment, const Measurer& measurer, const BootstrapParameters& parameters) {
  SegmentResult result{std::move(segment.name), std::move(segment.description), segment.cases.size(), {}};
  if (segment.cases.empty()) return result;
  std::vector<double> values;
  values.reserve(segment.cases.size() * measurer.columns());
  for (const Case& tested : segment.cases) {
    const std::vector<double> row = measurer.row(tested);
    values.insert(values.end(), row.begin(), row.end());
  }
  const Bootstrap bootstrap(values, measurer.columns(), parameters);
  const std::span<const Contender> contenders = measurer.contenders();
  const auto baseline = static_cast<std::size_t>(std::ranges::find(contenders, kBaseline) - contenders.begin());
  for (std::size_t place = 0; place < contenders.size(); ++place) {
    result.contenders.push_back(result_of(contenders[place], place, baseline, bootstrap));
  }
  return result;
}

std::vector<std::size_t> curve_depths(std::size_t k) {
  std::vector<std::size_t> depths = {1, 2, 3, 5, 10, 20, kDeepest, k};
  std::sort(depths.begin(), depths.end());
  depths.erase(std::unique(depths.begin(), depths.end()), depths.end());
  return depths;
}

double mean_ndcg(const Measured& measured, Contender contender, std::size_t depth) {
  MeanRankingMetrics mean;
  for (std::size_t user = 0; user < measured.users.size(); ++user) {
    mean.add(ranking_metrics(measured.rankings[user][contender], measured.users[user].relevant, depth));
  }
  return mean.mean().ndcg;
}

CatalogueResult measure_catalogue(const Measured& measured, Contender contender, std::size_t k,
                                  const std::vector<std::size_t>& depths) {
  Exposure exposure(measured.split.train.items.size());
  for (const UserRankings& rankings : measured.rankings) exposure.add(top(rankings[contender], k));
  CatalogueResult result{contender, exposure.coverage(), exposure.gini(), {}};
  for (const std::size_t depth : depths) result.ndcg_by_depth.push_back(mean_ndcg(measured, contender, depth));
  return result;
}

CalibrationResult measure_calibration(const Measured& measured, std::size_t k) {
  std::vector<Outcome> outcomes;
  for (std::size_t user = 0; user < measured.users.size(); ++user) {
    const UserRankings& rankings = measured.rankings[user];
    const std::span<const std::uint32_t> shown = top(rankings[Contender::kEngine], k);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      outcomes.push_back({rankings.probabilities[i], shown[i] == measured.users[user].next});
    }
  }
  CalibrationResult result;
  result.bins = reliability_bins(std::move(outcomes), kCalibrationBins);
  result.expected_error = expected_calibration_error(result.bins);
  return result;
}

double candidate_recall(const Measured& measured) {
  std::size_t relevant = 0;
  std::size_t found = 0;
  for (std::size_t user = 0; user < measured.users.size(); ++user) {
    const RankedList& candidates = measured.rankings[user].candidates;
    for (const std::uint32_t row : measured.users[user].relevant) {
      found += std::binary_search(candidates.begin(), candidates.end(), row) ? 1 : 0;
      ++relevant;
    }
  }
  return relevant == 0 ? 0 : static_cast<double>(found) / static_cast<double>(relevant);
}

}  // namespace

std::string_view to_string(Measure measure) {
  static constexpr std::array<std::string_view, kMeasures> kNames = {"recall", "hit_rate", "ndcg",
                                                                     "mrr",    "novelty",  "diversity"};
  return kNames[static_cast<std::size_t>(measure)];
}

void measure(const Measured& measured, std::size_t k, const BootstrapParameters& bootstrap, EvaluationReport& report) {
  const std::vector<std::uint32_t> users_of = count_users(measured.split.train);
  const Measurer measurer(measured, users_of, k);
  report.k = k;
  report.resamples = bootstrap.resamples;
  report.confidence = bootstrap.confidence;
  report.measured_users = measured.users.size();
  report.candidate_recall = candidate_recall(measured);
  for (Segment& segment : segments_of(measured, users_of)) {
    report.segments.push_back(measure_segment(std::move(segment), measurer, bootstrap));
  }
  report.depths = curve_depths(k);
  for (const Contender contender : measured.contenders) {
    report.catalogue.push_back(measure_catalogue(measured, contender, k, report.depths));
  }
  report.calibration = measure_calibration(measured, k);
}

}  // namespace magpie::batch

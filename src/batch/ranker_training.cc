#include "batch/ranker_training.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "batch/candidates.h"
#include "kernels/ranking_metrics.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kMetricsDepth = 10;
constexpr double kBaseModelsShare = 0.7;  // Of the stage's time; for the progress only.

// A user whose last item is held out.
struct Holdout {
  std::size_t user = 0;
  std::uint32_t row = 0;
};

// The newest item that the user likes; nothing where it is the only one: then there is nothing to predict it from.
std::optional<std::size_t> last_liked(std::span<const NetPreference> preferences) {
  const auto liked = [](const NetPreference& preference) { return preference.weight > 0; };
  const auto last = std::find_if(preferences.begin(), preferences.end(), liked);
  if (last == preferences.end() || std::none_of(last + 1, preferences.end(), liked)) return std::nullopt;
  return static_cast<std::size_t>(last - preferences.begin());
}

// All histories, without the held-out item where there is one.
struct HoldoutSplit {
  std::vector<UserHistory> histories;
  std::vector<Holdout> holdouts;
};

HoldoutSplit split(const Interactions& interactions) {
  HoldoutSplit result;
  for (std::size_t user = 0; user < interactions.users.size(); ++user) {
    std::span<const NetPreference> preferences = interactions.of(user);
    if (const std::optional<std::size_t> last = last_liked(preferences)) {
      result.holdouts.push_back({user, preferences[*last].row});
      // Newer ones say nothing of taste: they are dislikes.
      preferences = preferences.subspan(*last + 1);
    }
    result.histories.push_back({preferences, taste_profile(preferences)});
  }
  return result;
}

// At most `limit`, evenly spread.
std::vector<Holdout> sample(const std::vector<Holdout>& holdouts, std::size_t limit) {
  if (holdouts.size() <= limit) return holdouts;
  std::vector<Holdout> chosen;
  for (std::size_t i = 0; i < limit; ++i) chosen.push_back(holdouts[i * holdouts.size() / limit]);
  return chosen;
}

struct Offer {
  std::vector<std::uint32_t> rows;  // Candidates, ascending; parallel to the example's features.
  RankerExample example;
};

// Offers each held-out user what serving would offer.
class OfferMaker {
 public:
  OfferMaker(const ItemTable& table, const VectorIndex& index, const Interactions& interactions,
             const CandidateQuotas& quotas)
      : table_(table),
        interactions_(interactions),
        finder_(table, index, quotas),
        seen_by_(interactions.items.size()) {}

  // `profile` is without the held-out item.
  [[nodiscard]] Result<Offer> offer(const Holdout& holdout, const TasteProfile& profile) {
    const std::size_t seen_count = mark_seen(holdout);
    const ProfileSignals signals = profile_signals(table_, profile);
    const auto seen = [this](std::uint32_t row) { return seen_by_[row] == mark_; };
    MAGPIE_ASSIGN_OR_RETURN(auto rows, finder_.find(profile, signals, seen, seen_count));
    Offer made;
    made.example.features = candidate_features(table_, profile, signals, rows);
    const auto chosen = std::lower_bound(rows.begin(), rows.end(), holdout.row);
    if (chosen != rows.end() && *chosen == holdout.row) {
      made.example.chosen = static_cast<std::size_t>(chosen - rows.begin());
    }
    made.rows = std::move(rows);
    return made;
  }

 private:
  std::size_t mark_seen(const Holdout& holdout) {
    ++mark_;
    const std::span<const NetPreference> preferences = interactions_.of(holdout.user);
    for (const NetPreference& preference : preferences) seen_by_[preference.row] = mark_;
    seen_by_[holdout.row] = 0;
    return preferences.size() - 1;
  }

  const ItemTable& table_;
  const Interactions& interactions_;
  CandidateFinder finder_;
  std::vector<std::uint32_t> seen_by_;  // Per row the mark of the last user that saw it.
  std::uint32_t mark_ = 0;
};

Result<std::vector<Offer>> make_offers(const std::vector<Holdout>& holdouts, std::vector<UserHistory>& histories,
                                       const Matrix& user_factors, OfferMaker& maker) {
  std::vector<Offer> offers;
  offers.reserve(holdouts.size());
  for (const Holdout& holdout : holdouts) {
    TasteProfile& profile = histories[holdout.user].profile;
    const std::span<const float> factors = user_factors.row(holdout.user);
    profile.embedding.assign(factors.begin(), factors.end());
    MAGPIE_ASSIGN_OR_RETURN(auto offer, maker.offer(holdout, profile));
    offers.push_back(std::move(offer));
  }
  return offers;
}

std::vector<std::uint32_t> best_rows(const RankerModel& model, const Offer& offer) {
  std::vector<ScoredRow> scored;
  for (std::size_t i = 0; i < offer.rows.size(); ++i) {
    scored.push_back({offer.rows[i], ranker_score(model, offer.example.features.row(i))});
  }
  keep_top(scored, kMetricsDepth);
  std::vector<std::uint32_t> rows;
  for (const ScoredRow& row : scored) rows.push_back(row.row);
  return rows;
}

std::map<std::string, double> measure(const RankerFit& fit, const std::vector<Holdout>& holdouts,
                                      const std::vector<Offer>& offers) {
  MeanRankingMetrics mean;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    mean.add(ranking_metrics(best_rows(fit.model, offers[i]), std::span(&holdouts[i].row, 1), kMetricsDepth));
  }
  const RankingMetrics metrics = mean.mean();
  const double users = static_cast<double>(offers.size());
  return {{"holdout_users", users},
          {"holdout_hr@10", metrics.hit_rate},
          {"holdout_ndcg@10", metrics.ndcg},
          {"holdout_mrr@10", metrics.mrr},
          {"holdout_candidate_recall", offers.empty() ? 0 : static_cast<double>(fit.choices) / users}};
}

// The examples leave the offers for the time of the fit.
RankerFit fit(std::vector<Offer>& offers, const RankerParameters& parameters) {
  std::vector<RankerExample> examples;
  examples.reserve(offers.size());
  for (Offer& offer : offers) examples.push_back(std::move(offer.example));
  const RankerFit result = fit_ranker(examples, parameters);
  for (std::size_t i = 0; i < offers.size(); ++i) offers[i].example = std::move(examples[i]);
  return result;
}

}  // namespace

Result<RankerTraining> train_ranker(const Interactions& interactions, const ItemContent& content,
                                    const VectorIndexFactory& indexes, const TrainSettings& settings,
                                    const std::function<void(double)>& done) {
  HoldoutSplit held = split(interactions);
  const auto base_done = [&done](double fraction) {
    if (done) done(kBaseModelsShare * fraction);
  };
  const BaseModels base =
      train_base_models(interactions.items, held.histories, interactions.newest, settings, base_done);
  MAGPIE_ASSIGN_OR_RETURN(const auto index, indexes.build(base.model.item_factors));
  const ItemTable table{base.model, content.model.item_vectors, content.categories};
  OfferMaker maker(table, *index, interactions, settings.candidates);
  const std::vector<Holdout> holdouts = sample(held.holdouts, settings.ranker_users);
  MAGPIE_ASSIGN_OR_RETURN(auto offers, make_offers(holdouts, held.histories, base.user_factors, maker));
  const RankerFit fitted = fit(offers, settings.ranker);
  return RankerTraining{fitted.model, measure(fitted, holdouts, offers)};
}

}  // namespace magpie::batch

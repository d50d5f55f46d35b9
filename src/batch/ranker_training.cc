#include "batch/ranker_training.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "batch/candidates.h"
#include "kernels/ranking_metrics.h"

namespace magpie::batch {
namespace {

constexpr std::size_t kMetricsDepth = 10;

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
  OfferMaker(const ItemTable& table, const VectorIndex& index, const VectorIndex* two_tower_index,
             const Interactions& interactions, const CandidateQuotas& quotas)
      : table_(table),
        interactions_(interactions),
        finder_(table, index, two_tower_index, quotas),
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

HoldoutSplit hold_out_last(const Interactions& interactions) {
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

Result<RankerTraining> fit_on_holdout(HoldoutSplit split, const BaseModels& base, const TwoTowerModel* two_tower,
                                      const Interactions& interactions, const ItemContent& content,
                                      const VectorIndexFactory& indexes, const TrainSettings& settings) {
  MAGPIE_ASSIGN_OR_RETURN(const auto index, indexes.build(base.model.item_factors));
  std::unique_ptr<VectorIndex> two_tower_index;
  if (two_tower != nullptr) {
    MAGPIE_ASSIGN_OR_RETURN(two_tower_index, indexes.build(two_tower->item_vectors));
  }
  const ItemTable table{base.model, content.model.item_vectors, content.categories, two_tower};
  OfferMaker maker(table, *index, two_tower_index.get(), interactions, settings.candidates);
  const std::vector<Holdout> holdouts = sample(split.holdouts, settings.ranker_users);
  MAGPIE_ASSIGN_OR_RETURN(auto offers, make_offers(holdouts, split.histories, base.user_factors, maker));
  const RankerFit fitted = fit(offers, settings.ranker);
  RankerTraining training{fitted.model, measure(fitted, holdouts, offers), {}};
  training.examples.reserve(offers.size());
  for (Offer& offer : offers) training.examples.push_back(std::move(offer.example));
  return training;
}

}  // namespace magpie::batch

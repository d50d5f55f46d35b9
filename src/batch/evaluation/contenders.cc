#include "batch/evaluation/contenders.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "batch/candidates.h"
#include "batch/evaluation/seen_items.h"
#include "kernels/item_knn.h"
#include "kernels/ranker.h"
#include "kernels/tfidf.h"
#include "kernels/topk.h"

namespace magpie::batch {
namespace {

std::vector<ScoredRow> best_first(std::span<const float> scores) {
  std::vector<ScoredRow> rows;
  rows.reserve(scores.size());
  for (std::size_t row = 0; row < scores.size(); ++row) rows.push_back({static_cast<std::uint32_t>(row), scores[row]});
  keep_top(rows, rows.size());
  return rows;
}

std::vector<ScoredRow> scored_rows(const SparseScores<float>& scores) {
  std::vector<ScoredRow> rows;
  rows.reserve(scores.entries().size());
  for (const auto& [row, score] : scores.entries()) rows.push_back({row, score});
  return rows;
}

// How many users have each item.
std::vector<float> user_counts(const Interactions& train) {
  std::vector<float> counts(train.items.size());
  for (const NetPreference& preference : train.preferences) counts[preference.row] += preference.weight > 0 ? 1 : 0;
  return counts;
}

// Each user's liked items, without regard to how much: what item-kNN is defined on.
SparseMatrix liked_items(const Interactions& train) {
  SparseMatrix matrix;
  matrix.columns = train.items.size();
  for (std::size_t user = 0; user < train.users.size(); ++user) {
    for (const NetPreference& preference : train.of(user)) {
      if (preference.weight <= 0) continue;
      matrix.indices.push_back(preference.row);
      matrix.values.push_back(1);
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

std::vector<Contender> taking_part(bool two_tower) {
  std::vector<Contender> contenders;
  for (std::size_t i = 0; i < kContenders; ++i) {
    const auto contender = static_cast<Contender>(i);
    if (contender != Contender::kTwoTower || two_tower) contenders.push_back(contender);
  }
  return contenders;
}

class TrainedContenders final : public Contenders {
 public:
  TrainedContenders(const Interactions& train, TrainedModels models, const TrainSettings& settings)
      : train_(train),
        models_(std::move(models)),
        table_{models_.base.model, models_.content.model.item_vectors, models_.content.categories,
               models_.two_tower ? &*models_.two_tower : nullptr},
        finder_(table_, *models_.index, models_.two_tower_index.get(), settings.candidates),
        content_index_(table_.content),
        participants_(taking_part(models_.two_tower.has_value())),
        popular_(best_first(user_counts(train))),
        trending_(best_first(models_.base.model.recent_popularity)),
        liked_(liked_items(train)),
        item_knn_(item_knn(liked_, {.threads = settings.item_to_item.threads})) {}

  std::span<const Contender> participants() const override { return participants_; }
  const SparseMatrix& content() const override { return models_.content.model.item_vectors; }

  Result<UserRankings> rank(std::optional<std::size_t> train_user, std::size_t depth) const override {
    const SeenItems seen(train_user ? train_.of(*train_user) : std::span<const NetPreference>());
    const TasteProfile profile = profile_of(train_user);
    const ProfileSignals signals = profile_signals(table_, profile);
    UserRankings rankings;
    MAGPIE_RETURN_IF_ERROR(rank_engine(profile, signals, seen, depth, rankings));
    MAGPIE_ASSIGN_OR_RETURN(rankings[Contender::kCollaborative],
                            nearest(models_.index.get(), profile.embedding, seen, depth));
    MAGPIE_ASSIGN_OR_RETURN(rankings[Contender::kTwoTower],
                            nearest(models_.two_tower_index.get(), signals.user_vector, seen, depth));
    rankings[Contender::kItemToItem] = item_to_item(signals, seen, depth);
    rankings[Contender::kItemGraph] = seen.best_unseen(scored_rows(signals.item_graph), depth);
    rankings[Contender::kContent] =
        seen.first_unseen(content_index_.search(table_.content, signals.content, depth + seen.size()), depth);
    rankings[Contender::kTrending] = seen.first_unseen(trending_, depth);
    rankings[Contender::kPopularity] = seen.first_unseen(popular_, depth);
    if (train_user) rankings[Contender::kItemKnn] = nearest_neighbours(*train_user, seen, depth);
    return rankings;
  }

 private:
  [[nodiscard]] TasteProfile profile_of(std::optional<std::size_t> user) const {
    if (!user) return {};
    TasteProfile profile = taste_profile(train_.of(*user));
    const std::span<const float> factors = models_.base.user_factors.row(*user);
    profile.embedding.assign(factors.begin(), factors.end());
    return profile;
  }

  Status rank_engine(const TasteProfile& profile, const ProfileSignals& signals, const SeenItems& seen,
                     std::size_t depth, UserRankings& rankings) const {
    const auto has = [&seen](std::uint32_t row) { return seen.contains(row); };
    MAGPIE_ASSIGN_OR_RETURN(rankings.candidates, finder_.find(profile, signals, has, seen.size()));
    const Matrix features = candidate_features(table_, profile, signals, rankings.candidates);
    std::vector<ScoredRow> scored;
    for (std::size_t i = 0; i < rankings.candidates.size(); ++i) {
      scored.push_back({rankings.candidates[i], ranker_score(models_.ranker.model, features.row(i))});
    }
    keep_top(scored, scored.size());
    rankings.probabilities = probabilities(scored);
    scored.resize(std::min(depth, scored.size()));
    rankings.probabilities.resize(scored.size());
    for (const ScoredRow& row : scored) rankings[Contender::kEngine].push_back(row.row);
    return {};
  }

  // The ranker says how likely each candidate is, if the next item is one of them; how often it is one was measured
  // when the ranker was fitted.
  [[nodiscard]] std::vector<float> probabilities(const std::vector<ScoredRow>& scored) const {
    std::vector<float> result;
    if (scored.empty()) return result;
    double total = 0;
    for (const ScoredRow& row : scored) total += std::exp(static_cast<double>(row.score - scored.front().score));
    for (const ScoredRow& row : scored) {
      const double share = std::exp(static_cast<double>(row.score - scored.front().score)) / total;
      result.push_back(static_cast<float>(share * candidate_recall()));
    }
    return result;
  }

  [[nodiscard]] double candidate_recall() const {
    const auto found = models_.ranker.metrics.find("holdout_candidate_recall");
    return found == models_.ranker.metrics.end() ? 1 : found->second;
  }

  // Nothing without an index or a vector.
  [[nodiscard]] static Result<RankedList> nearest(const VectorIndex* index, std::span<const float> vector,
                                                  const SeenItems& seen, std::size_t depth) {
    if (index == nullptr || vector.empty()) return RankedList();
    MAGPIE_ASSIGN_OR_RETURN(const auto neighbours, index->search(vector, depth + seen.size()));
    std::vector<ScoredRow> ordered;
    for (const Neighbour& neighbour : neighbours) ordered.push_back({neighbour.row, neighbour.similarity});
    return seen.first_unseen(ordered, depth);
  }

  [[nodiscard]] static RankedList item_to_item(const ProfileSignals& signals, const SeenItems& seen,
                                               std::size_t depth) {
    std::vector<ScoredRow> rows;
    for (const auto& [row, score] : signals.item_to_item.entries()) rows.push_back({row, score.candidate});
    return seen.best_unseen(std::move(rows), depth);
  }

  [[nodiscard]] RankedList nearest_neighbours(std::size_t user, const SeenItems& seen, std::size_t depth) const {
    const SparseScores<float> scores = item_knn_scores(item_knn_, liked_.row_indices(user), liked_.row_values(user));
    return seen.best_unseen(scored_rows(scores), depth);
  }

  const Interactions& train_;
  TrainedModels models_;
  ItemTable table_;  // A view of the models, as is finder_.
  CandidateFinder finder_;
  ContentIndex content_index_;
  std::vector<Contender> participants_;
  std::vector<ScoredRow> popular_;   // All rows.
  std::vector<ScoredRow> trending_;  // All rows.
  SparseMatrix liked_;
  SparseMatrix item_knn_;
};

}  // namespace

std::string_view to_string(Contender contender) {
  static constexpr std::array<std::string_view, kContenders> kNames = {"engine",       "collaborative", "two_tower",
                                                                       "item_to_item", "item_graph",    "content",
                                                                       "trending",     "popularity",    "item_knn"};
  return kNames[static_cast<std::size_t>(contender)];
}

std::string_view describe(Contender contender) {
  static constexpr std::array<std::string_view, kContenders> kTexts = {
      "the whole engine: candidates of every source, ordered by the ranker",
      "ALS factors alone",
      "the two-tower network alone",
      "item-to-item neighbours of the latest items alone",
      "the item graph alone: a linear model over all items of a user",
      "TF-IDF content alone",
      "decayed popularity, the same for everybody",
      "number of users, the same for everybody",
      "item-kNN, cosine with shrinkage: the baseline"};
  return kTexts[static_cast<std::size_t>(contender)];
}

std::unique_ptr<const Contenders> Contenders::make(const Interactions& train, TrainedModels models,
                                                   const TrainSettings& settings) {
  return std::make_unique<TrainedContenders>(train, std::move(models), settings);
}

}  // namespace magpie::batch

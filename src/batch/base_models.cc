#include "batch/base_models.h"

#include <cmath>
#include <ranges>
#include <utility>

#include "batch/item_graph.h"

namespace magpie::batch {
namespace {

void count_popularity(std::span<const UserHistory> histories, Timestamp newest, Duration half_life,
                      TrainedModel& model) {
  model.popularity.assign(model.items.size(), 0);
  model.recent_popularity.assign(model.items.size(), 0);
  for (const UserHistory& history : histories) {
    for (const NetPreference& preference : history.preferences) {
      const float strength = preference_strength(preference.weight);
      const double age = static_cast<double>((newest - preference.time).count());
      model.popularity[preference.row] += strength;
      model.recent_popularity[preference.row] +=
          strength * static_cast<float>(std::exp2(-age / static_cast<double>(half_life.count())));
    }
  }
}

}  // namespace

ItemSequences sequences(std::span<const UserHistory> histories, std::size_t items) {
  ItemSequences result;
  result.items = items;
  for (const UserHistory& history : histories) {
    for (const ProfileItem& item : std::views::reverse(history.profile.items)) {
      result.sequence.push_back(item.row);
      result.positions.push_back(-item.age);
    }
    result.offsets.push_back(result.sequence.size());
  }
  return result;
}

SparseMatrix strengths(std::span<const UserHistory> histories, std::size_t items) {
  SparseMatrix matrix;
  matrix.columns = items;
  for (const UserHistory& history : histories) {
    for (const ProfileItem& item : history.profile.items) {
      matrix.indices.push_back(item.row);
      matrix.values.push_back(item.strength);
    }
    matrix.offsets.push_back(matrix.indices.size());
  }
  return matrix;
}

std::vector<UserHistory> full_histories(const Interactions& interactions) {
  std::vector<UserHistory> histories;
  histories.reserve(interactions.users.size());
  for (std::size_t user = 0; user < interactions.users.size(); ++user) {
    histories.push_back({interactions.of(user), taste_profile(interactions.of(user))});
  }
  return histories;
}

Result<BaseModels> train_base_models(std::vector<ItemId> items, std::span<const UserHistory> histories,
                                     Timestamp newest, const TrainSettings& settings,
                                     const std::function<void(double)>& done, std::optional<SparseMatrix> item_graph) {
  BaseModels trained;
  TrainedModel& model = trained.model;
  model.items = std::move(items);
  count_popularity(histories, newest, settings.trending_half_life, model);
  model.item_neighbours = similar_items(sequences(histories, model.items.size()), settings.item_to_item);
  AlsParameters als = settings.als;
  als.seed = settings.seed;
  const auto progress = [&done](std::size_t iteration, std::size_t of) {
    if (done) done(static_cast<double>(iteration) / static_cast<double>(of));
  };
  const SparseMatrix interactions = strengths(histories, model.items.size());
  if (!item_graph) {
    MAGPIE_ASSIGN_OR_RETURN(item_graph, train_item_graph(interactions, settings.item_graph));
  }
  model.item_graph = std::move(*item_graph);
  AlsModel factors = train_als(interactions, als, progress);
  model.item_factors = std::move(factors.item_factors);
  model.gram = gram(model.item_factors);
  model.als_regularization = als.regularization;
  model.als_alpha = als.alpha;
  model.als_frequency_exponent = als.frequency_exponent;
  trained.user_factors = std::move(factors.user_factors);
  return trained;
}

}  // namespace magpie::batch

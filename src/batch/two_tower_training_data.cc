#include "batch/two_tower_training_data.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <utility>

namespace magpie::batch {
namespace {

using Days = std::chrono::duration<float, std::chrono::days::period>;

// The histories' half of the facts.
std::vector<Timestamp> first_interactions(const TwoTowerInput& input) {
  std::vector<Timestamp> first(input.items.size(), input.newest);
  for (const UserHistory& history : input.histories) {
    for (const NetPreference& preference : history.preferences) {
      first[preference.row] = std::min(first[preference.row], preference.time);
    }
  }
  return first;
}

void add_popularity(const TwoTowerInput& input, std::size_t held_out, std::vector<ItemFacts>& facts) {
  for (const UserHistory& history : input.histories) {
    const std::vector<ProfileItem>& newest_first = history.profile.items;
    for (std::size_t i = held_out; i < newest_first.size(); ++i) {
      facts[newest_first[i].row].popularity += newest_first[i].strength;
    }
  }
}

}  // namespace

std::vector<ItemFacts> two_tower_item_facts(const TwoTowerInput& input, std::size_t held_out) {
  std::vector<Timestamp> since = first_interactions(input);
  std::vector<ItemFacts> facts(input.items.size());
  add_popularity(input, held_out, facts);
  for (std::size_t row = 0; row < facts.size(); ++row) {
    const std::optional<ItemIndex> index = input.catalogue.find(input.items[row]);
    if (const CatalogueItem* found = index ? input.catalogue.at(*index) : nullptr; found != nullptr) {
      facts[row].price = found->item.price;
      // An item without a time of creation has the epoch's, which would be decades ago.
      if (found->item.created_at > Timestamp()) since[row] = std::min(since[row], found->item.created_at);
    }
    facts[row].age_days = std::max(0.0F, Days(input.newest - since[row]).count());
  }
  return facts;
}

TwoTowerData two_tower_training_data(const TwoTowerInput& input, std::span<const ItemFacts> facts) {
  TwoTowerData data;
  data.item_categories = input.categories;
  data.item_features = Matrix(facts.size(), kTowerItemFeatures);
  for (std::size_t row = 0; row < facts.size(); ++row) {
    const auto features = tower_item_features(facts[row]);
    std::copy(features.begin(), features.end(), data.item_features.row(row).begin());
  }
  for (const UserHistory& history : input.histories) {
    for (const ProfileItem& item : std::views::reverse(history.profile.items)) data.events.push_back(item);
    data.offsets.push_back(data.events.size());
  }
  return data;
}

TwoTowerTraining train_two_tower_task(const TwoTowerInput& input, const TwoTowerTrainingParameters& parameters,
                                      const std::function<void(double)>& done, const std::function<bool()>& stop) {
  const std::vector<ItemFacts> facts = two_tower_item_facts(input, parameters.validate ? 1 : 0);
  const auto progress = [&done](std::size_t epoch, std::size_t of) {
    if (done) done(static_cast<double>(epoch) / static_cast<double>(of));
  };
  return train_two_tower(two_tower_training_data(input, facts), parameters, {progress, stop});
}

TwoTowerModels train_two_tower_models(const TwoTowerInput& input, const TwoTowerTrainingParameters& parameters,
                                      const std::function<void(double)>& done, const std::function<bool()>& stop) {
  const auto part = [&done](double from, double fraction) {
    if (done) done(from + fraction / 2);
  };
  TwoTowerTrainingParameters own = parameters;
  own.validate = true;
  TwoTowerModels models;
  models.holdout = train_two_tower_task(input, own, [&part](double fraction) { part(0, fraction); }, stop);
  own.validate = false;
  own.epochs = std::max<std::size_t>(1, models.holdout.best_epoch);
  models.full = train_two_tower_task(input, own, [&part](double fraction) { part(0.5, fraction); }, stop);
  return models;
}

}  // namespace magpie::batch

// The half of kernels/candidate_features.h that reads a profile from interactions.
#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "kernels/als.h"
#include "kernels/candidate_features.h"

namespace magpie {
namespace {

bool is_newer(const NetPreference& a, const NetPreference& b) {
  return std::tie(b.time, b.row) < std::tie(a.time, a.row);
}

// Positions from the newest, where equal times share their mean.
void set_ages(std::span<const Timestamp> newest_first, std::vector<ProfileItem>& items) {
  for (std::size_t first = 0; first < items.size();) {
    std::size_t end = first + 1;
    while (end < items.size() && newest_first[end] == newest_first[first]) ++end;
    const float age = static_cast<float>(first + end - 1) / 2;
    for (; first < end; ++first) items[first].age = age;
  }
}

// Rows of the batch half with the time up to which it knows them, ascending by row.
using KnownUntil = std::vector<std::pair<std::uint32_t, Timestamp>>;

KnownUntil add_batch_half(const BatchFeatures& batch, const RowOfHash& row_of, std::vector<ProfileEvent>& events) {
  KnownUntil known;
  const std::size_t count =
      std::min({batch.history.size(), batch.history_times.size(), batch.history_weights.size(), kMaxProfileItems});
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::uint32_t> row = row_of(batch.history[i]);
    if (!row) continue;
    events.push_back({*row, batch.history_times[i], batch.history_weights[i]});
    known.emplace_back(*row, batch.history_times[i]);
  }
  std::sort(known.begin(), known.end());
  return known;
}

bool is_known(const KnownUntil& known, std::uint32_t row, Timestamp time) {
  const auto found = std::lower_bound(known.begin(), known.end(), std::pair(row, time));
  return found != known.end() && found->first == row;
}

void add_recent_half(const UserState& recent, const EventTypes& types, const RowOfHash& row_of, const KnownUntil& known,
                     std::vector<ProfileEvent>& events) {
  std::vector<std::optional<std::uint32_t>> rows(recent.items.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = row_of(recent.items[i].id_hash);
  for (const StateEvent& event : recent.interactions) {
    const std::optional<std::uint32_t> row = rows[event.item];
    if (row && !is_known(known, *row, event.time)) events.push_back({*row, event.time, types.weight(event.type)});
  }
}

}  // namespace

float preference_strength(double weight_sum) {
  return weight_sum <= 0 ? 0.0F : static_cast<float>(std::log2(1 + weight_sum));
}

std::vector<NetPreference> net_preferences(std::vector<ProfileEvent> events) {
  // A dislike at the same moment as a like comes last: it wins.
  std::sort(events.begin(), events.end(), [](const ProfileEvent& a, const ProfileEvent& b) {
    return std::tie(a.row, a.time, b.weight) < std::tie(b.row, b.time, a.weight);
  });
  std::vector<NetPreference> net;
  for (const ProfileEvent& event : events) {
    if (net.empty() || net.back().row != event.row) net.push_back({event.row, event.time, 0});
    NetPreference& preference = net.back();
    preference.weight = event.weight < 0 ? 0 : preference.weight + event.weight;
    if (event.weight != 0) preference.time = event.time;
  }
  std::sort(net.begin(), net.end(), is_newer);
  return net;
}

TasteProfile taste_profile(std::span<const NetPreference> newest_first) {
  TasteProfile profile;
  std::vector<Timestamp> times;
  for (const NetPreference& preference : newest_first) {
    if (preference.weight <= 0) continue;
    if (profile.items.size() == kMaxProfileItems) break;
    profile.items.push_back({preference.row, preference_strength(preference.weight), 0});
    times.push_back(preference.time);
  }
  set_ages(times, profile.items);
  return profile;
}

TasteProfile taste_profile(const UserFeatures& features, const EventTypes& types, const RowOfHash& row_of,
                           const TrainedModel& model, ModelVersion version, std::optional<std::uint32_t> context) {
  std::vector<ProfileEvent> events;
  KnownUntil known;
  if (features.batch) known = add_batch_half(*features.batch, row_of, events);
  const std::size_t batch_events = events.size();
  add_recent_half(features.recent, types, row_of, known, events);
  if (context) events.push_back({*context, Timestamp::max(), 1});
  const bool added = events.size() != batch_events;
  TasteProfile profile = taste_profile(net_preferences(std::move(events)));
  const bool embedding_holds = !added && features.batch && features.batch->model_version == version &&
                               features.batch->user_embedding.size() == model.item_factors.columns;
  if (embedding_holds) {
    profile.embedding = features.batch->user_embedding;
  } else {
    fold_in_profile(model, profile);
  }
  return profile;
}

void fold_in_profile(const TrainedModel& model, TasteProfile& profile) {
  profile.embedding.clear();
  std::vector<std::uint32_t> rows;
  std::vector<float> strengths;
  for (const ProfileItem& item : profile.items) {
    if (item.row >= model.items.size()) continue;
    rows.push_back(item.row);
    strengths.push_back(item.strength);
  }
  if (rows.empty()) return;
  AlsParameters parameters;
  parameters.factors = model.item_factors.columns;
  parameters.regularization = model.als_regularization;
  parameters.alpha = model.als_alpha;
  parameters.frequency_exponent = model.als_frequency_exponent;
  profile.embedding.resize(parameters.factors);
  fold_in_user(model.item_factors, model.gram, rows, strengths, parameters, profile.embedding);
}

}  // namespace magpie

#include "kernels/two_tower_batch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/two_tower_inputs.h"

namespace magpie {
namespace {

template <typename T>
void shuffle(std::span<T> values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

// The first event has nothing before it to predict it from.
std::size_t target_count(std::size_t events, const ExampleSampling& sampling) {
  return events > sampling.held_out + 1 ? events - sampling.held_out - 1 : 0;
}

// The probability that an item is the target of any of so many examples.
float log_inclusion(double share, std::size_t examples) {
  return static_cast<float>(std::log(-std::expm1(static_cast<double>(examples) * std::log1p(-share))));
}

// At least one stays: the newest, where chance would have none.
void drop_items(double probability, Random& random, std::vector<ProfileItem>& newest_first) {
  if (newest_first.empty()) return;
  const ProfileItem newest = newest_first.front();
  std::erase_if(newest_first, [&](const ProfileItem&) { return random.uniform() < probability; });
  if (newest_first.empty()) newest_first.push_back(newest);
}

}  // namespace

std::vector<TwoTowerExample> sample_examples(const TwoTowerData& data, const ExampleSampling& sampling,
                                             Random& random) {
  std::vector<TwoTowerExample> examples;
  std::vector<TwoTowerExample> of_user;
  for (std::size_t user = 0; user < data.users(); ++user) {
    of_user.clear();
    const std::size_t targets = target_count(data.of(user).size(), sampling);
    for (std::size_t target = 1; target <= targets; ++target) {
      of_user.push_back({static_cast<std::uint32_t>(user), static_cast<std::uint32_t>(target)});
    }
    if (targets > sampling.per_user) shuffle(std::span(of_user), random);
    of_user.resize(std::min(targets, sampling.per_user));
    examples.insert(examples.end(), of_user.begin(), of_user.end());
  }
  shuffle(std::span(examples), random);
  examples.resize(std::min(examples.size(), sampling.per_epoch));
  return examples;
}

std::vector<double> target_shares(const TwoTowerData& data, const ExampleSampling& sampling) {
  std::vector<double> shares(data.items());
  double total = 0;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const std::size_t targets = target_count(data.of(user).size(), sampling);
    if (targets == 0) continue;
    const double taken = static_cast<double>(std::min(targets, sampling.per_user));
    for (const ProfileItem& event : data.of(user).subspan(1, targets)) {
      shares[event.row] += taken / static_cast<double>(targets);
    }
    total += taken;
  }
  for (double& share : shares) share = total > 0 ? share / total : 0;
  return shares;
}

void profile_before(std::span<const ProfileItem> events, std::size_t count, std::size_t most,
                    std::vector<ProfileItem>& out) {
  out.clear();
  // Events at the same time as the next one: they share the mean of what is left of their positions.
  std::size_t tied = count;
  while (count < events.size() && tied > 0 && events[tied - 1].age == events[count].age) --tied;
  const float later = static_cast<float>(events.size() - count);
  const float tied_age = static_cast<float>(count - tied - 1) / 2;
  for (std::size_t i = count; i > count - std::min(most, count); --i) {
    ProfileItem item = events[i - 1];
    item.age = i > tied ? tied_age : item.age - later;
    out.push_back(item);
  }
}

TwoTowerBatchMaker::TwoTowerBatchMaker(const TwoTowerData& data, const BatchParameters& parameters,
                                       std::vector<double> target_shares)
    : data_(data),
      parameters_(parameters),
      target_shares_(std::move(target_shares)),
      columns_(data.items()),
      places_(data.items()) {}

TwoTowerBatch TwoTowerBatchMaker::make(std::span<const TwoTowerExample> examples, const IndexLists& hard_negatives,
                                       Random& random) {
  TwoTowerBatch batch;
  add_histories(examples, batch, &random);
  add_columns(examples, hard_negatives, batch);
  add_masks(examples, batch);
  hide_ids(batch, random);
  for (const std::uint32_t item : batch.columns) columns_[item] = 0;
  return batch;
}

TwoTowerBatch TwoTowerBatchMaker::make_histories(std::span<const TwoTowerExample> examples) {
  TwoTowerBatch batch;
  add_histories(examples, batch, nullptr);
  return batch;
}

std::uint32_t TwoTowerBatchMaker::column_of(std::uint32_t item, TwoTowerBatch& batch) {
  if (columns_[item] == 0) {
    batch.columns.push_back(item);
    columns_[item] = static_cast<std::uint32_t>(batch.columns.size());
  }
  return columns_[item] - 1;
}

// The targets come first: they are the sample. To an example it is made of the other examples.
void TwoTowerBatchMaker::add_columns(std::span<const TwoTowerExample> examples, const IndexLists& hard_negatives,
                                     TwoTowerBatch& batch) {
  std::vector<std::uint32_t> positives;
  for (const TwoTowerExample& example : examples) {
    positives.push_back(column_of(data_.of(example.user)[example.target].row, batch));
  }
  for (const std::uint32_t item : batch.columns) {
    batch.softmax.log_probabilities.push_back(log_inclusion(target_shares_[item], examples.size() - 1));
  }
  for (std::size_t i = 0; i < examples.size(); ++i) {
    std::vector<std::uint32_t>& certain = batch.softmax.certain.indices;
    certain.push_back(positives[i]);
    if (hard_negatives.size() > 0) {
      for (const std::uint32_t item : hard_negatives.of(examples[i].user)) certain.push_back(column_of(item, batch));
    }
    batch.softmax.certain.close();
  }
}

// What the user has before is never recommended, and what the user turns to later is none to rank low.
void TwoTowerBatchMaker::add_masks(std::span<const TwoTowerExample> examples, TwoTowerBatch& batch) const {
  IndexLists& masked = batch.softmax.masked;
  for (const TwoTowerExample& example : examples) {
    const std::span<const ProfileItem> events = data_.of(example.user);
    for (const ProfileItem& event : events.first(events.size() - parameters_.held_out)) {
      const std::uint32_t column = columns_[event.row];
      const bool is_sampled = column > 0 && column <= batch.softmax.log_probabilities.size();
      if (is_sampled && event.row != events[example.target].row) masked.indices.push_back(column - 1);
    }
    masked.close();
  }
}

void TwoTowerBatchMaker::add_histories(std::span<const TwoTowerExample> examples, TwoTowerBatch& batch,
                                       Random* dropout) {
  batch.user_features.resize(eigen_index(examples.size()), eigen_index(kTowerUserFeatures));
  for (std::size_t i = 0; i < examples.size(); ++i) {
    add_history(examples[i], batch, dropout);
    float strength = 0;
    for (const ProfileItem& event : data_.of(examples[i].user).first(examples[i].target)) strength += event.strength;
    const auto features = tower_user_features(examples[i].target, strength);
    std::copy(features.begin(), features.end(), batch.user_features.row(eigen_index(i)).data());
  }
  for (const std::uint32_t item : batch.histories.items) places_[item] = 0;
}

void TwoTowerBatchMaker::add_history(const TwoTowerExample& example, TwoTowerBatch& batch, Random* dropout) {
  PooledHistories& histories = batch.histories;
  profile_before(data_.of(example.user), example.target, parameters_.history_items, profile_);
  if (dropout != nullptr) drop_items(parameters_.history_dropout, *dropout, profile_);
  pooling_weights(profile_, parameters_.half_lives, weights_);
  for (const ProfileItem& item : profile_) {
    if (places_[item.row] == 0) {
      histories.items.push_back(item.row);
      places_[item.row] = static_cast<std::uint32_t>(histories.items.size());
    }
    histories.entries.push_back(places_[item.row] - 1);
  }
  histories.weights.insert(histories.weights.end(), weights_.begin(), weights_.end());
  histories.offsets.push_back(histories.entries.size());
}

void TwoTowerBatchMaker::hide_ids(TwoTowerBatch& batch, Random& random) const {
  const auto unknown = static_cast<std::uint32_t>(data_.items());
  for (const std::uint32_t item : batch.columns) {
    batch.id_rows.push_back(random.uniform() < parameters_.unknown_probability ? unknown : item);
  }
}

}  // namespace magpie

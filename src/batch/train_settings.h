// What a training is told: the window, the parameters of each model, and how many candidates the ranker learns from.
// Thread-safety: plain values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "kernels/als.h"
#include "kernels/graph_filter.h"
#include "kernels/item_similarity.h"
#include "kernels/language.h"
#include "kernels/linear_autoencoder.h"
#include "kernels/ranker.h"
#include "kernels/two_tower_training.h"

namespace magpie::batch {

// As many of each kind as serving asks for, so that the ranker learns on what it will be given.
struct CandidateQuotas {
  std::size_t collaborative = 50;
  std::size_t content = 30;
  std::size_t item_to_item = 50;
  std::size_t trending = 20;
};

enum class ItemGraphMethod {
  kAutomatic,  // What predicts held-out items best, of what is affordable.
  kLinearAutoencoder,
  kGraphFilter,
};
[[nodiscard]] std::string_view to_string(ItemGraphMethod method);  // "automatic", ...

struct ItemGraphSettings {
  ItemGraphMethod method = ItemGraphMethod::kAutomatic;
  std::size_t neighbours = 100;  // Kept per item.
  // Of users and items the smaller count, up to which the linear autoencoder is taken into account: at 15,000 its
  // inverse takes 0.5 GB and half a minute on two cores.
  std::size_t largest_closed_form = 15'000;
  LinearAutoencoderParameters linear;
  GraphFilterParameters filter;
};

// Of batch/model_search.h.
struct ModelSearchSettings {
  Duration budget{};             // Of all sources together; 0: the parameters stay as they are.
  std::size_t most_trials = 40;  // Of each source.
};

struct TrainSettings {
  Duration window = std::chrono::days(90);
  AlsParameters als;
  ItemSimilarityParameters item_to_item;
  ItemGraphSettings item_graph;
  ModelSearchSettings search;
  RankerParameters ranker;
  TwoTowerTrainingParameters two_tower;
  std::optional<Language> content_language;  // Of the catalogue's texts; nothing: the one that they seem to be in.
  CandidateQuotas candidates;
  std::size_t ranker_users = 20'000;  // Most users that the ranker learns from; spread evenly over all.
  Duration trending_half_life = std::chrono::days(30);  // Of TrainedModel::recent_popularity.
  std::size_t minimum_interactions = 1;  // Fewer in the window: kFailedPrecondition.
  std::uint64_t seed = 42;               // Of the initial factors.
};

struct TrainProgress {
  std::string stage;    // "read history", "als", ...
  double fraction = 0;  // Of the whole training.
};
using ReportProgress = std::function<void(const TrainProgress&)>;

}  // namespace magpie::batch

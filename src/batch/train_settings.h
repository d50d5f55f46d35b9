// What a training is told: the window, the parameters of each model, and how many candidates the ranker learns from.
// Thread-safety: plain values.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "kernels/als.h"
#include "kernels/item_similarity.h"
#include "kernels/ranker.h"

namespace magpie::batch {

// As many of each kind as serving asks for, so that the ranker learns on what it will be given.
struct CandidateQuotas {
  std::size_t collaborative = 50;
  std::size_t content = 30;
  std::size_t item_to_item = 50;
  std::size_t trending = 20;
};

struct TrainSettings {
  Duration window = std::chrono::days(90);
  AlsParameters als;
  ItemSimilarityParameters item_to_item;
  RankerParameters ranker;
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

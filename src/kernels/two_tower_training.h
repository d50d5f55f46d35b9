// Training of a two-tower network.
//
// Each epoch samples interactions and predicts them from those before them (kernels/two_tower_batch.h) by in-batch
// sampled softmax with hard negatives (kernels/sampled_softmax.h), which are mined anew from the model as it stands;
// Adam takes the steps, and the model is their running average (kernels/two_tower_optimizer.h). With `validate` the
// last interaction of each user is no target but is ranked after each epoch: the best epoch's network is the result,
// and training ends when `patience` epochs brought nothing.
//
// Deterministic for a given seed, whatever the threads, on CPUs that have fused multiply-add (kernels/gemm.h).
// Memory beyond the data: about six times the embeddings, and a batch.
#pragma once

#include <cstdint>
#include <functional>

#include "kernels/adam.h"
#include "kernels/two_tower.h"
#include "kernels/two_tower_batch.h"
#include "kernels/two_tower_scoring.h"

namespace magpie {

// Chosen on the validation split of MovieLens-100k.
struct TwoTowerTrainingParameters {
  // The network.
  std::size_t id_dimensions = 64;
  std::size_t category_dimensions = 16;
  std::size_t hidden = 128;
  std::size_t dimensions = 128;
  std::vector<float> half_lives = {1, 5, 50};
  std::size_t history_items = 50;
  double history_dropout = 0.3;  // Of leaving an item of the history out, in training.
  double temperature = 0.1;  // At the start; learned.

  // The examples.
  std::size_t batch = 512;
  std::size_t epochs = 20;  // The budget of time: none takes longer than another.
  std::size_t examples_per_user = 200;
  std::size_t examples_per_epoch = 1'000'000;
  HardNegativeParameters hard_negatives;  // From the second epoch on; per_user = 0: none.
  double unknown_probability = 0.05;      // Of hiding an item's id, so that items newer than the model have vectors.

  AdamParameters adam;

  bool validate = true;
  std::size_t validation_users = 2'000;
  std::size_t patience = 3;

  std::uint64_t seed = 42;
  unsigned threads = 2;
};

struct TwoTowerEpoch {
  double loss = 0;          // Mean over the epoch's batches.
  HeldOutMetrics held_out;  // With `validate`.
};

struct TwoTowerTraining {
  TwoTowerModel model;
  std::vector<TwoTowerEpoch> epochs;  // All that were run.
  std::size_t best_epoch = 0;         // Whose network the model is; of 1 to epochs.size(), 0: the initial one.
};

// Between the training and who waits for it. Both may be empty.
struct TwoTowerTrainingHooks {
  std::function<void(std::size_t done, std::size_t of)> progress;  // Called after each epoch.
  std::function<bool()> stop;  // Asked before each batch: true ends the training with the best epoch so far.
};

// Without any example the network is the initial one.
[[nodiscard]] TwoTowerTraining train_two_tower(const TwoTowerData& data, const TwoTowerTrainingParameters& parameters,
                                               const TwoTowerTrainingHooks& hooks = {});

}  // namespace magpie

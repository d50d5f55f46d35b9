// Base models: what is learned from interactions before any ranking: ALS, item-to-item, the item graph, popularity.
// Pure and thread-safe; deterministic whatever the number of threads.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "batch/interactions.h"
#include "batch/train_settings.h"
#include "model/trained_model.h"

namespace magpie::batch {

// What one user contributes.
struct UserHistory {
  std::span<const NetPreference> preferences;  // Newest first.
  TasteProfile profile;                        // Read from them; without embedding.
};

struct BaseModels {
  TrainedModel model;   // content and ranker are left empty.
  Matrix user_factors;  // A row per history.
};

// The whole history of each user.
[[nodiscard]] std::vector<UserHistory> full_histories(const Interactions& interactions);

// users x items: how much each user likes each of their items.
[[nodiscard]] SparseMatrix strengths(std::span<const UserHistory> histories, std::size_t items);
// The same in their order, for item-to-item.
[[nodiscard]] ItemSequences sequences(std::span<const UserHistory> histories, std::size_t items);

// `newest`: the moment from which recent popularity is counted back. `done(fraction)` may be empty. `item_graph`: of
// these histories, where it was trained already (item_graph.h).
[[nodiscard]] Result<BaseModels> train_base_models(std::vector<ItemId> items, std::span<const UserHistory> histories,
                                                   Timestamp newest, const TrainSettings& settings,
                                                   const std::function<void(double)>& done,
                                                   std::optional<SparseMatrix> item_graph = std::nullopt);

}  // namespace magpie::batch

// Item graph: the linear model over all of a user's items, whatever their order, as one more source of candidates.
//
// Two kinds: the linear autoencoder in closed form (kernels/linear_autoencoder.h), and, where its cost grows too large,
// the graph filter (kernels/graph_filter.h). Which of them suits the data is found by predicting held-out items.
// Pure and thread-safe; deterministic whatever the number of threads.
#pragma once

#include <map>

#include "base/status.h"
#include "batch/interactions.h"
#include "batch/ranker_training.h"
#include "batch/train_settings.h"
#include "model/matrix.h"

namespace magpie::batch {

// Whether the closed form is affordable: its cost is cubic, its memory quadratic in the smaller side.
[[nodiscard]] bool affords_linear_autoencoder(const SparseMatrix& interactions, const ItemGraphSettings& settings);

// `interactions`: users x items, positive weights. kAutomatic: the linear autoencoder where it is affordable.
// kInvalidArgument for parameters that a kernel refuses.
[[nodiscard]] Result<SparseMatrix> train_item_graph(const SparseMatrix& interactions,
                                                    const ItemGraphSettings& settings);

struct ItemGraphChoice {
  ItemGraphMethod method = ItemGraphMethod::kGraphFilter;
  SparseMatrix graph;  // Of held.histories, by this method.
  std::map<ItemGraphMethod, double> ndcg;  // Mean NDCG@10 over the held-out users, of each method that was tried.
};
// Tries what is affordable on a holdout, and takes what predicts it best; ties: the linear autoencoder. A method that
// was set is not questioned: its graph is trained, and nothing is tried. Errors: those of train_item_graph().
[[nodiscard]] Result<ItemGraphChoice> choose_item_graph(const Interactions& interactions, const HoldoutSplit& held,
                                                        const ItemGraphSettings& settings);

}  // namespace magpie::batch

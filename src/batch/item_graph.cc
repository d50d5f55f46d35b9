#include "batch/item_graph.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "batch/held_out_ranking.h"

namespace magpie::batch {
namespace {

// Ties are broken by this order.
std::vector<ItemGraphMethod> affordable_methods(const SparseMatrix& interactions, const ItemGraphSettings& settings) {
  if (!affords_linear_autoencoder(interactions, settings)) return {ItemGraphMethod::kGraphFilter};
  return {ItemGraphMethod::kLinearAutoencoder, ItemGraphMethod::kGraphFilter};
}

}  // namespace

std::string_view to_string(ItemGraphMethod method) {
  switch (method) {
    case ItemGraphMethod::kAutomatic: return "automatic";
    case ItemGraphMethod::kLinearAutoencoder: return "linear_autoencoder";
    case ItemGraphMethod::kGraphFilter: return "graph_filter";
  }
  return "unknown";
}

bool affords_linear_autoencoder(const SparseMatrix& interactions, const ItemGraphSettings& settings) {
  return std::min(interactions.rows(), interactions.columns) <= settings.largest_closed_form;
}

Result<SparseMatrix> train_item_graph(const SparseMatrix& interactions, const ItemGraphSettings& settings) {
  const bool closed_form =
      settings.method == ItemGraphMethod::kLinearAutoencoder ||
      (settings.method == ItemGraphMethod::kAutomatic && affords_linear_autoencoder(interactions, settings));
  if (!closed_form) return GraphFilter::fit(interactions, settings.filter).item_graph(settings.neighbours);
  MAGPIE_ASSIGN_OR_RETURN(const auto autoencoder, LinearAutoencoder::fit(interactions, settings.linear));
  return autoencoder.item_graph(settings.neighbours);
}

Result<ItemGraphChoice> choose_item_graph(const Interactions& interactions, const HoldoutSplit& held,
                                          const ItemGraphSettings& settings) {
  const SparseMatrix matrix = strengths(held.histories, interactions.items.size());
  ItemGraphChoice choice;
  choice.method = settings.method;
  if (settings.method != ItemGraphMethod::kAutomatic) {
    MAGPIE_ASSIGN_OR_RETURN(choice.graph, train_item_graph(matrix, settings));
    return choice;
  }
  const HeldOutRanking ranking(interactions, held, settings.filter.threads);
  double best = -1;
  for (const ItemGraphMethod method : affordable_methods(matrix, settings)) {
    ItemGraphSettings one = settings;
    one.method = method;
    MAGPIE_ASSIGN_OR_RETURN(auto graph, train_item_graph(matrix, one));
    const double ndcg = choice.ndcg[method] = ranking.item_graph_ndcg(graph);
    if (ndcg <= best) continue;
    best = ndcg;
    choice.method = method;
    choice.graph = std::move(graph);
  }
  return choice;
}

}  // namespace magpie::batch

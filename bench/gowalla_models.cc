#include "gowalla_models.h"

#include <utility>

#include "als_parameters.h"

namespace magpie::bench {

LinearAutoencoderParameters gowalla_autoencoder() {
  LinearAutoencoderParameters parameters;
  parameters.regularization = 20;
  parameters.user_exponent = 0.2F;
  parameters.item_exponent = 0.25F;
  parameters.diagonal_exponent = 0;
  parameters.popularity_exponent = 0.1F;
  parameters.threads = kGowallaThreads;
  return parameters;
}

GraphFilterParameters gowalla_graph_filter() {
  GraphFilterParameters parameters;
  parameters.user_exponent = 0.3F;
  parameters.item_exponent = 0.3F;
  parameters.popularity_exponent = 0.1F;
  parameters.rank = 0;
  parameters.threads = kGowallaThreads;
  return parameters;
}

BlendWeights gowalla_blend() { return {1, 0, 0.07F}; }

Result<std::vector<ScoringModel>> train_gowalla_models(const SparseMatrix& train) {
  std::vector<ScoringModel> models;
  MAGPIE_ASSIGN_OR_RETURN(auto autoencoder, train_autoencoder(train, gowalla_autoencoder()));
  models.push_back(std::move(autoencoder));
  models.push_back(train_graph_filter(train, gowalla_graph_filter()));
  models.push_back(train_factors(train, gowalla_single_als(kGowallaThreads)));
  return models;
}

Matrix blend(std::span<const Matrix> scores, const BlendWeights& weights) {
  Matrix sum(scores[0].rows, scores[0].columns);
  for (std::size_t model = 0; model < scores.size(); ++model) {
    if (weights[model] == 0) continue;
    for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += weights[model] * scores[model].values[i];
  }
  return sum;
}

}  // namespace magpie::bench

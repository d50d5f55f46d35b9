#include "als_parameters.h"

#include <numeric>

#include "kernels/degree_normalization.h"

namespace magpie::bench {

SparseMatrix weigh_by_degree(const SparseMatrix& interactions, float user_exponent, float item_exponent) {
  SparseMatrix weighted = normalize_degrees(interactions, user_exponent, item_exponent);
  const double sum = std::accumulate(weighted.values.begin(), weighted.values.end(), 0.0);
  const auto scale = static_cast<float>(static_cast<double>(weighted.values.size()) / sum);
  for (float& value : weighted.values) value *= scale;
  return weighted;
}

AlsModel train_weighted_als(const SparseMatrix& interactions, const WeightedAls& how) {
  if (how.user_exponent == 0 && how.item_exponent == 0) return train_als(interactions, how.parameters);
  return train_als(weigh_by_degree(interactions, how.user_exponent, how.item_exponent), how.parameters);
}

WeightedAls gowalla_single_als(unsigned threads) {
  WeightedAls how{.user_exponent = 0.3F, .item_exponent = 0.4F, .parameters = {}};
  how.parameters.factors = 1024;
  how.parameters.iterations = 3;
  how.parameters.threads = threads;
  how.parameters = with_unobserved_weight(how.parameters, 0.1, 0.0015, 1);
  return how;
}

WeightedAls fast_als(AlsDataSet data, std::size_t factors, unsigned threads) {
  WeightedAls how;
  how.parameters.factors = factors;
  how.parameters.threads = threads;
  if (data == AlsDataSet::kGowalla) {
    how.item_exponent = 0.3F;
    how.parameters = with_unobserved_weight(how.parameters, 0.02, 0.003, 1);
  } else {
    how.parameters = with_unobserved_weight(how.parameters, 0.1, 0.003, 1);
  }
  return how;
}

// Gowalla: the best of 13 (f=64) and 9 (f=128) pairs of alpha 10 to 160 and regularization 1 to 400, each at the best
// of iterations 3 to 12 (8 for four of them), on 3,000 users of the validation split. Synthetic: not searched.
PeerParameters implicit_parameters(AlsDataSet data, std::size_t factors, unsigned threads) {
  PeerParameters parameters{
      .factors = factors, .regularization = 20, .alpha = 10, .iterations = 16, .threads = threads};
  if (data == AlsDataSet::kGowalla && factors == 64) {
    parameters.alpha = 80;
    parameters.regularization = 200;
  } else if (data == AlsDataSet::kGowalla) {
    parameters.alpha = 20;
    parameters.regularization = 1;
  }
  return parameters;
}

// Not searched; Spark multiplies the regularization by the number of interactions of a row. Iterations: 3 reach NDCG@20
// 0.0903 at f=64 and 0.1017 at f=128, 10 reach 0.0901 and 0.1037 in 2.3 to 2.7 times the time.
PeerParameters spark_parameters(std::size_t factors, unsigned threads) {
  return {.factors = factors, .regularization = 0.1, .alpha = 40, .iterations = 3, .threads = threads};
}

}  // namespace magpie::bench

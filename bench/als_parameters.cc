#include "als_parameters.h"

#include <numeric>

#include "kernels/degree_normalization.h"

namespace magpie::bench {

AlsModel train_weighted_als(const SparseMatrix& interactions, const WeightedAls& how) {
  if (how.user_exponent == 0 && how.item_exponent == 0) return train_als(interactions, how.parameters);
  SparseMatrix weighted = normalize_degrees(interactions, how.user_exponent, how.item_exponent);
  const double sum = std::accumulate(weighted.values.begin(), weighted.values.end(), 0.0);
  const auto scale = static_cast<float>(static_cast<double>(weighted.values.size()) / sum);
  for (float& value : weighted.values) value *= scale;
  return train_als(weighted, how.parameters);
}

WeightedAls gowalla_single_als(unsigned threads) {
  WeightedAls how{.user_exponent = 0.3F, .item_exponent = 0.4F, .parameters = {}};
  how.parameters.factors = 512;
  how.parameters.iterations = 5;
  how.parameters.threads = threads;
  how.parameters = with_unobserved_weight(how.parameters, 0.05, 0.003, 1);
  return how;
}

WeightedAls fast_als(AlsDataSet data, std::size_t factors, unsigned threads) {
  WeightedAls how;
  how.parameters.factors = factors;
  how.parameters.threads = threads;
  if (data == AlsDataSet::kGowalla) {
    how.item_exponent = 0.4F;
    how.parameters = with_unobserved_weight(how.parameters, 0.03, 0.003, 1);
  } else {
    how.parameters = with_unobserved_weight(how.parameters, 0.03, 0.003, 1);
  }
  return how;
}

PeerParameters implicit_parameters(AlsDataSet data, std::size_t factors, unsigned threads) {
  static_cast<void>(data);
  return {.factors = factors, .regularization = 5, .alpha = 40, .iterations = 15, .threads = threads};
}

PeerParameters spark_parameters(std::size_t factors, unsigned threads) {
  return {.factors = factors, .regularization = 0.1, .alpha = 40, .iterations = 10, .threads = threads};
}

}  // namespace magpie::bench

#include "kernels/linear_autoencoder.h"

#include <cmath>
#include <utility>

#include "kernels/degree_normalization.h"
#include "kernels/neighbour_lists.h"
#include "kernels/parallel_for.h"

namespace magpie {

Result<LinearAutoencoder> LinearAutoencoder::fit(const SparseMatrix& interactions,
                                                 const LinearAutoencoderParameters& parameters) {
  MAGPIE_ASSIGN_OR_RETURN(auto precision, RidgePrecision::make(normalize_degrees(interactions, parameters.user_exponent,
                                                                                 parameters.item_exponent),
                                                               parameters.regularization, parameters.threads));
  return LinearAutoencoder(std::move(precision), interactions, parameters);
}

LinearAutoencoder::LinearAutoencoder(RidgePrecision precision, const SparseMatrix& interactions,
                                     const LinearAutoencoderParameters& parameters)
    : precision_(std::move(precision)),
      diagonal_(precision_.diagonal(parameters.threads)),
      threads_(parameters.threads) {
  const std::vector<float> degrees = column_degrees(interactions);
  item_scales_ = degree_powers(degrees, -parameters.item_exponent);
  target_scales_ = degree_powers(degrees, parameters.popularity_exponent);
  for (std::size_t item = 0; item < target_scales_.size(); ++item) {
    target_scales_[item] *= std::pow(diagonal_[item], -parameters.diagonal_exponent);
  }
}

Matrix LinearAutoencoder::scores(std::span<const std::uint32_t> users) const {
  Matrix result(users.size(), target_scales_.size());
  parallel_for(users.size(), threads_, [&](std::size_t i) { score(users[i], result.row(i)); });
  return result;
}

// Of X' P, the part that an item's own P_jj gives is taken away: B_jj is 0.
void LinearAutoencoder::score(std::size_t user, std::span<float> out) const {
  precision_.user_product(user, out);
  const auto items = precision_.interactions().row_indices(user);
  const auto weights = precision_.interactions().row_values(user);
  for (std::size_t i = 0; i < items.size(); ++i) out[items[i]] -= weights[i] * diagonal_[items[i]];
  for (std::size_t item = 0; item < out.size(); ++item) out[item] *= -target_scales_[item];
}

SparseMatrix LinearAutoencoder::item_graph(std::size_t neighbours) const {
  std::vector<std::vector<ScoredRow>> lists(target_scales_.size());
  parallel_for(lists.size(), threads_, [&](std::size_t item) { lists[item] = neighbours_of(item, neighbours); });
  return neighbour_matrix(lists);
}

std::vector<ScoredRow> LinearAutoencoder::neighbours_of(std::size_t item, std::size_t count) const {
  std::vector<float> row(target_scales_.size());
  precision_.item_row(item, row);
  std::vector<ScoredRow> positive;
  for (std::size_t other = 0; other < row.size(); ++other) {
    const float weight = -item_scales_[item] * row[other] * target_scales_[other];
    if (other != item && weight > 0) positive.push_back({static_cast<std::uint32_t>(other), weight});
  }
  keep_top(positive, count);
  return positive;
}

}  // namespace magpie

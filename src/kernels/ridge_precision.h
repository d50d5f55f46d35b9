// The precision matrix of a ridge regression of interactions on themselves: P = (X^T X / lambda + I)^-1, items x items,
// by way of whichever Gram matrix is the smaller one.
//
// With K = X X^T + lambda I of users, the Woodbury identity gives P = I - X^T K^-1 X and X P = lambda K^-1 X: so P
// itself need not be stored where users are fewer than items. Memory: m (m + 256) / 2 floats for m = min(users, items),
// and X twice. Thread-safe once made; the same bytes whatever the number of threads.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/status.h"
#include "kernels/symmetric_tiles.h"
#include "model/matrix.h"

namespace magpie {

class RidgePrecision {
 public:
  // `interactions`: users x items, distinct items in a row. Fails with kInvalidArgument where lambda is not positive,
  // or so small beside the interactions that single precision does not see it.
  [[nodiscard]] static Result<RidgePrecision> make(SparseMatrix interactions, float lambda, unsigned threads);

  [[nodiscard]] const SparseMatrix& interactions() const { return by_user_; }
  [[nodiscard]] const SparseMatrix& transposed() const { return by_item_; }

  // P_jj of each item, in (0, 1].
  [[nodiscard]] std::vector<float> diagonal(unsigned threads) const;
  // Row `user` of X P; row `item` of P. `out`: as many floats as items.
  void user_product(std::size_t user, std::span<float> out) const;
  void item_row(std::size_t item, std::span<float> out) const;

 private:
  RidgePrecision(SparseMatrix by_user, SparseMatrix by_item, float lambda, SymmetricTiles inverse);

  [[nodiscard]] bool dual() const { return by_user_.rows() < by_item_.rows(); }
  [[nodiscard]] float dual_diagonal(std::size_t item) const;

  SparseMatrix by_user_;
  SparseMatrix by_item_;
  float lambda_;
  SymmetricTiles inverse_;  // Of the Gram matrix plus lambda: of users where dual(), else of items.
};

}  // namespace magpie

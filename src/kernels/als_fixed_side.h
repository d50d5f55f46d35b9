// What stays fixed in an ALS half-step: the factors of one side and their Gram matrix.
//
// A common rotation of both sides changes no score, no norm, and so not the objective. So before a half-step the fixed
// side may be turned into the eigenvectors of its own Gram matrix: the Gram matrix is then diagonal, which is what
// makes the dual systems of kernels/als_row_solver.h cheap. The side that is solved comes out in the same basis.
#pragma once

#include <span>
#include <vector>

#include "kernels/als_row_solver.h"
#include "model/matrix.h"

namespace magpie {

class AlsFixedSide {
 public:
  // `factors` has als_padded(width) columns, zero from `width` on; it outlives this. With `diagonal` it is rotated in
  // place.
  AlsFixedSide(Matrix& factors, std::size_t width, bool diagonal, unsigned threads);

  [[nodiscard]] AlsFixedView view() const;

 private:
  void rotate(Matrix& factors, unsigned threads);
  void set_spectrum(std::span<const double> ascending);

  const Matrix& factors_;
  std::size_t width_;
  Matrix gram_;
  std::vector<float> spectrum_;
};

// Sum of the outer products of the rows; the columns are a multiple of kAlsLanes.
[[nodiscard]] Matrix als_gram(const Matrix& factors, unsigned threads);

}  // namespace magpie

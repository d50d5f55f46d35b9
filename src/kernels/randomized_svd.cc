#include "kernels/randomized_svd.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "kernels/gemm.h"
#include "kernels/shard_team.h"
#include "kernels/sparse_product.h"
#include "kernels/sparse_transpose.h"

namespace magpie {
namespace {

// Of squared singular values: the square of what single precision can tell from rounding.
constexpr double kNegligible = 1e-12;
// Rows whose outer products are added at once.
constexpr std::size_t kBlockRows = 256;

// The lower triangle of the Gram matrix of a part of the rows.
Eigen::MatrixXd partial_gram(const Matrix& matrix, ShardRange rows) {
  const auto order = static_cast<Eigen::Index>(matrix.columns);
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(order, order);
  for (std::size_t from = 0; from < rows.count; from += kBlockRows) {
    const auto count = static_cast<Eigen::Index>(std::min(kBlockRows, rows.count - from));
    // Row-major rows are the columns of a column-major matrix.
    const Eigen::Map<const Eigen::MatrixXf> block(matrix.row(rows.first + from).data(), order, count);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(block.cast<double>());
  }
  return gram;
}

// Shards are added in their order: the same sum on any number of threads.
Eigen::MatrixXd gram_of(const Matrix& matrix, ShardTeam& team) {
  std::vector<Eigen::MatrixXd> parts(ShardTeam::kShards);
  team.run([&](std::size_t shard) { parts[shard] = partial_gram(matrix, shard_range(matrix.rows, shard)); });
  for (std::size_t shard = 1; shard < parts.size(); ++shard) parts[0] += parts[shard];
  return parts[0];
}

// matrix * right, with `right` column-major.
Matrix multiply(const Matrix& matrix, const Eigen::MatrixXf& right, ShardTeam& team) {
  Matrix product(matrix.rows, static_cast<std::size_t>(right.cols()));
  team.run([&](std::size_t shard) {
    const ShardRange rows = shard_range(matrix.rows, shard);
    add_product({rows.count, matrix.columns, product.columns}, 1, {matrix.row(rows.first).data(), matrix.columns},
                {right.data(), matrix.columns, Transposed::kYes}, product.row(rows.first).data(), product.columns);
  });
  return product;
}

// The singular values of a matrix, descending and none negligible, and its right singular vectors as columns.
struct Spectrum {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};

Spectrum spectrum_of(const Matrix& matrix, ShardTeam& team) {
  if (matrix.columns == 0) return {};
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram_of(matrix, team));
  const Eigen::VectorXd squares = solver.eigenvalues().reverse();
  const auto kept = (squares.array() > kNegligible * std::max(squares[0], 0.0)).count();
  return {squares.head(kept).cwiseSqrt(), solver.eigenvectors().rowwise().reverse().leftCols(kept)};
}

// An orthonormal basis of the columns.
Matrix orthonormal(const Matrix& matrix, ShardTeam& team) {
  const Spectrum spectrum = spectrum_of(matrix, team);
  const Eigen::MatrixXd to_basis = spectrum.vectors * spectrum.values.cwiseInverse().asDiagonal();
  return multiply(matrix, to_basis.cast<float>(), team);
}

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, columns);
  for (float& value : matrix.values) value = static_cast<float>(random.normal());
  return matrix;
}

}  // namespace

RightSingularVectors randomized_svd(const SparseMatrix& matrix, const RandomizedSvdParameters& parameters) {
  ShardTeam team(parameters.threads);
  const SparseMatrix transposed = transpose(matrix);
  const std::size_t width = std::min({parameters.rank + parameters.oversampling, matrix.rows(), matrix.columns});
  Matrix basis = orthonormal(random_matrix(matrix.columns, width, parameters.seed), team);
  for (std::size_t iteration = 0; iteration < parameters.iterations; ++iteration) {
    const Matrix image = orthonormal(multiply(matrix, basis, parameters.threads), team);
    basis = orthonormal(multiply(transposed, image, parameters.threads), team);
  }
  const Spectrum spectrum = spectrum_of(multiply(matrix, basis, parameters.threads), team);
  const auto rank = std::min(static_cast<Eigen::Index>(parameters.rank), spectrum.values.size());
  RightSingularVectors result;
  for (Eigen::Index i = 0; i < rank; ++i) result.values.push_back(static_cast<float>(spectrum.values[i]));
  result.vectors = multiply(basis, spectrum.vectors.leftCols(rank).cast<float>(), team);
  return result;
}

}  // namespace magpie

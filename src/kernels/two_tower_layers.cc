#include "kernels/two_tower_layers.h"

#include <cmath>

namespace magpie {
namespace {

// Keeps the length of a vector of zeros from being 0.
constexpr double kSmallestSquare = 1e-12;

template <typename Real>
void set_normal(std::span<Real> values, double variance, Random& random) {
  const double deviation = std::sqrt(variance);
  for (Real& value : values) value = static_cast<Real>(deviation * random.normal());
}

template <typename Real>
void normalize_rows(TowerActivations<Real>& activations) {
  RowMatrix<Real>& vectors = activations.vectors;
  activations.inverse_lengths = (vectors.rowwise().squaredNorm().array() + static_cast<Real>(kSmallestSquare)).rsqrt();
  vectors.array().colwise() *= activations.inverse_lengths.array();
}

// d loss / d z from d loss / d v: what of it stands at a right angle to v, by the length of z.
template <typename Real>
void normalize_backward(const TowerActivations<Real>& activations, Rows<Real>& gradient) {
  for (Eigen::Index row = 0; row < gradient.rows(); ++row) {
    const auto vector = activations.vectors.row(row);
    const Real along = gradient.row(row).dot(vector);
    gradient.row(row) = (gradient.row(row) - along * vector) * activations.inverse_lengths[row];
  }
}

}  // namespace

template <typename Real>
Tower<Real> initial_tower(const TowerShape& shape, Random& random) {
  Tower<Real> tower(shape);
  const std::span<Real> values(tower.values);
  set_normal(values.first(shape.hidden * shape.inputs), 2.0 / static_cast<double>(shape.inputs), random);
  set_normal(values.subspan(tower.output_offset(), shape.outputs * shape.hidden),
             1.0 / static_cast<double>(shape.hidden), random);
  return tower;
}

template <typename Real>
void tower_forward(const Tower<Real>& tower, const ConstRows<Real>& inputs, TowerActivations<Real>& activations) {
  activations.hidden.resize(inputs.rows(), eigen_index(tower.shape.hidden));
  activations.vectors.resize(inputs.rows(), eigen_index(tower.shape.outputs));
  multiply_by_transposed(inputs, tower.hidden_weights(), activations.hidden);
  activations.hidden = (activations.hidden.rowwise() + tower.hidden_bias()).cwiseMax(Real(0));
  multiply_by_transposed(activations.hidden, tower.output_weights(), activations.vectors);
  activations.vectors.rowwise() += tower.output_bias();
  normalize_rows(activations);
}

template <typename Real>
void tower_backward(const Tower<Real>& tower, const ConstRows<Real>& inputs, const TowerActivations<Real>& activations,
                    Rows<Real> vectors_gradient, Tower<Real>& gradient, Rows<Real> inputs_gradient) {
  const TowerShape& shape = tower.shape;
  gradient.shape = shape;
  gradient.values.resize(shape.parameters());
  Real* const values = gradient.values.data();
  const auto weights = [](Real* at, std::size_t rows, std::size_t columns) {
    return Eigen::Map<RowMatrix<Real>>(at, eigen_index(rows), eigen_index(columns));
  };
  const auto bias = [](Real* at, std::size_t size) {
    return Eigen::Map<Eigen::RowVectorX<Real>>(at, eigen_index(size));
  };
  normalize_backward(activations, vectors_gradient);
  multiply_transposed(vectors_gradient, activations.hidden,
                      weights(values + gradient.output_offset(), shape.outputs, shape.hidden));
  bias(values + gradient.output_offset() + shape.outputs * shape.hidden, shape.outputs) =
      vectors_gradient.colwise().sum();

  RowMatrix<Real> hidden_gradient(inputs.rows(), eigen_index(shape.hidden));
  multiply(vectors_gradient, tower.output_weights(), hidden_gradient);
  hidden_gradient.array() *= (activations.hidden.array() > Real(0)).template cast<Real>();
  multiply_transposed(hidden_gradient, inputs, weights(values, shape.hidden, shape.inputs));
  bias(values + shape.hidden * shape.inputs, shape.hidden) = hidden_gradient.colwise().sum();
  multiply(hidden_gradient, tower.hidden_weights(), inputs_gradient);
}

void tower_vector(const Tower<float>& tower, std::span<const float> input, std::span<float> hidden,
                  std::span<float> out) {
  using Vector = Eigen::Map<Eigen::VectorXf>;
  const Eigen::Map<const Eigen::VectorXf> x(input.data(), eigen_index(input.size()));
  Vector h(hidden.data(), eigen_index(tower.shape.hidden));
  Vector z(out.data(), eigen_index(tower.shape.outputs));
  h = tower.hidden_bias().transpose();
  h.noalias() += tower.hidden_weights() * x;
  h = h.cwiseMax(0.0F);
  z = tower.output_bias().transpose();
  z.noalias() += tower.output_weights() * h;
  z /= std::sqrt(z.squaredNorm() + static_cast<float>(kSmallestSquare));
}

template Tower<float> initial_tower(const TowerShape&, Random&);
template Tower<double> initial_tower(const TowerShape&, Random&);
template void tower_forward(const Tower<float>&, const ConstRows<float>&, TowerActivations<float>&);
template void tower_forward(const Tower<double>&, const ConstRows<double>&, TowerActivations<double>&);
template void tower_backward(const Tower<float>&, const ConstRows<float>&, const TowerActivations<float>&, Rows<float>,
                             Tower<float>&, Rows<float>);
template void tower_backward(const Tower<double>&, const ConstRows<double>&, const TowerActivations<double>&,
                             Rows<double>, Tower<double>&, Rows<double>);

}  // namespace magpie

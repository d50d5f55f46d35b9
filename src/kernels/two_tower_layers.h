// One tower of a two-tower network: input -> hidden layer with ReLU -> output layer -> unit length.
//
// h = relu(W1 x + b1), z = W2 h + b2, v = z / |z|. In single precision to train and serve, in double precision so that
// its gradient can be checked. Parameters lie in one flat array (W1, b1, W2, b2; weights row by row, a row an output),
// and a gradient is a tower of the same shape. Thread-safety: plain values, pure functions.
#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "kernels/two_tower_gemm.h"

namespace magpie {

struct TowerShape {
  std::size_t inputs = 0;
  std::size_t hidden = 0;
  std::size_t outputs = 0;
  [[nodiscard]] std::size_t parameters() const { return hidden * (inputs + 1) + outputs * (hidden + 1); }
  friend bool operator==(const TowerShape&, const TowerShape&) = default;
};

template <typename Real>
struct Tower {
  using Weights = Eigen::Map<const RowMatrix<Real>>;
  using Bias = Eigen::Map<const Eigen::RowVectorX<Real>>;

  TowerShape shape;
  std::vector<Real> values;  // shape.parameters() of them.

  Tower() = default;
  explicit Tower(const TowerShape& tower_shape) : shape(tower_shape), values(tower_shape.parameters()) {}

  [[nodiscard]] Weights hidden_weights() const {
    return {values.data(), eigen_index(shape.hidden), eigen_index(shape.inputs)};
  }
  [[nodiscard]] Bias hidden_bias() const {
    return {values.data() + shape.hidden * shape.inputs, eigen_index(shape.hidden)};
  }
  [[nodiscard]] Weights output_weights() const {
    return {values.data() + output_offset(), eigen_index(shape.outputs), eigen_index(shape.hidden)};
  }
  [[nodiscard]] Bias output_bias() const {
    return {values.data() + output_offset() + shape.outputs * shape.hidden, eigen_index(shape.outputs)};
  }
  // Where the output layer's weights begin.
  [[nodiscard]] std::size_t output_offset() const { return shape.hidden * (shape.inputs + 1); }

  friend bool operator==(const Tower&, const Tower&) = default;
};

// Biases 0; weights normal with the variance that keeps activations of one size (K. He et al.: Delving Deep into
// Rectifiers, ICCV 2015).
template <typename Real>
[[nodiscard]] Tower<Real> initial_tower(const TowerShape& shape, Random& random);

// What a forward pass leaves for the backward pass, a row an example.
template <typename Real>
struct TowerActivations {
  RowMatrix<Real> hidden;
  RowMatrix<Real> vectors;               // Unit length.
  Eigen::VectorX<Real> inverse_lengths;  // 1 / |z|
};

// `inputs`: examples x shape.inputs.
template <typename Real>
void tower_forward(const Tower<Real>& tower, const ConstRows<Real>& inputs, TowerActivations<Real>& activations);

// From d loss / d vectors to d loss / d parameters and d loss / d inputs, all overwritten. `vectors_gradient` is
// changed on the way.
template <typename Real>
void tower_backward(const Tower<Real>& tower, const ConstRows<Real>& inputs, const TowerActivations<Real>& activations,
                    Rows<Real> vectors_gradient, Tower<Real>& gradient, Rows<Real> inputs_gradient);

// One example without memory from the heap: `hidden` holds shape.hidden floats, `out` shape.outputs.
void tower_vector(const Tower<float>& tower, std::span<const float> input, std::span<float> hidden,
                  std::span<float> out);

}  // namespace magpie

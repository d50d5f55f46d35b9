#include "kernels/two_tower_layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace magpie {
namespace {

using Rows64 = RowMatrix<double>;

constexpr TowerShape kShape{4, 6, 3};

Rows64 random_rows(Eigen::Index rows, Eigen::Index columns, Random& random) {
  Rows64 matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = random.normal();
  return matrix;
}

Tower<double> random_tower(Random& random) {
  Tower<double> tower = initial_tower<double>(kShape, random);
  for (double& value : tower.values) value += 0.1 * random.normal();  // Biases too.
  return tower;
}

// The oracle: one value after the other.
std::vector<double> naive_vector(const Tower<double>& tower, const std::vector<double>& x) {
  std::vector<double> hidden(kShape.hidden);
  for (std::size_t h = 0; h < hidden.size(); ++h) {
    double sum = tower.values[kShape.hidden * kShape.inputs + h];
    for (std::size_t i = 0; i < x.size(); ++i) sum += tower.values[h * kShape.inputs + i] * x[i];
    hidden[h] = std::max(0.0, sum);
  }
  const double* weights = tower.values.data() + kShape.hidden * (kShape.inputs + 1);
  std::vector<double> z(kShape.outputs);
  double squares = 0;
  for (std::size_t o = 0; o < z.size(); ++o) {
    z[o] = weights[kShape.outputs * kShape.hidden + o];
    for (std::size_t h = 0; h < hidden.size(); ++h) z[o] += weights[o * kShape.hidden + h] * hidden[h];
    squares += z[o] * z[o];
  }
  for (double& value : z) value /= std::sqrt(squares);
  return z;
}

std::vector<double> as_vector(const Rows64& matrix, Eigen::Index row) {
  return {matrix.row(row).data(), matrix.row(row).data() + matrix.cols()};
}

TEST(Tower, IsTheSameAsOneValueAfterTheOther) {
  Random random(1);
  const Tower<double> tower = random_tower(random);
  const Rows64 inputs = random_rows(5, 4, random);
  TowerActivations<double> activations;
  tower_forward<double>(tower, inputs, activations);
  for (Eigen::Index row = 0; row < inputs.rows(); ++row) {
    const std::vector<double> expected = naive_vector(tower, as_vector(inputs, row));
    for (Eigen::Index o = 0; o < 3; ++o) {
      EXPECT_NEAR(activations.vectors(row, o), expected[static_cast<std::size_t>(o)], 1e-9);
    }
    EXPECT_NEAR(activations.vectors.row(row).norm(), 1, 1e-9);
  }
}

TEST(Tower, OneExampleIsTheSameAsABatch) {
  Random random(2);
  const Tower<float> tower = initial_tower<float>(kShape, random);
  const RowMatrix<float> inputs = random_rows(5, 4, random).cast<float>();
  TowerActivations<float> activations;
  tower_forward<float>(tower, inputs, activations);
  std::vector<float> hidden(kShape.hidden);
  std::vector<float> out(kShape.outputs);
  for (Eigen::Index row = 0; row < inputs.rows(); ++row) {
    tower_vector(tower, std::span(inputs.row(row).data(), kShape.inputs), hidden, out);
    for (std::size_t o = 0; o < out.size(); ++o)
      EXPECT_NEAR(out[o], activations.vectors(row, static_cast<int>(o)), 1e-6);
  }
}

TEST(Tower, InitialWeightsKeepTheSizeOfActivations) {
  Random random(3);
  const TowerShape wide{200, 300, 100};
  const Tower<float> tower = initial_tower<float>(wide, random);
  EXPECT_EQ(tower.values.size(), wide.parameters());
  EXPECT_NEAR(tower.hidden_weights().squaredNorm() / (200 * 300), 2.0 / 200, 2e-4);
  EXPECT_NEAR(tower.output_weights().squaredNorm() / (300 * 100), 1.0 / 300, 2e-4);
  EXPECT_EQ(tower.hidden_bias().norm(), 0);
  EXPECT_EQ(tower.output_bias().norm(), 0);
}

// loss = sum of targets * vectors.
double loss(const Tower<double>& tower, const Rows64& inputs, const Rows64& targets) {
  TowerActivations<double> activations;
  tower_forward<double>(tower, inputs, activations);
  return activations.vectors.cwiseProduct(targets).sum();
}

TEST(Tower, GradientIsThatOfTheLoss) {
  constexpr double kStep = 1e-6;
  Random random(4);
  Tower<double> tower = random_tower(random);
  Rows64 inputs = random_rows(5, 4, random);
  const Rows64 targets = random_rows(5, 3, random);
  TowerActivations<double> activations;
  tower_forward<double>(tower, inputs, activations);
  Rows64 vectors_gradient = targets;
  Tower<double> gradient;
  Rows64 inputs_gradient(5, 4);
  tower_backward<double>(tower, inputs, activations, vectors_gradient, gradient, inputs_gradient);
  const auto slope = [&](double& value) {
    const double kept = value;
    value = kept + kStep;
    const double up = loss(tower, inputs, targets);
    value = kept - kStep;
    const double down = loss(tower, inputs, targets);
    value = kept;
    return (up - down) / (2 * kStep);
  };
  ASSERT_EQ(gradient.values.size(), tower.values.size());
  for (std::size_t i = 0; i < tower.values.size(); ++i) {
    EXPECT_NEAR(gradient.values[i], slope(tower.values[i]), 1e-7) << "parameter " << i;
  }
  for (Eigen::Index i = 0; i < inputs.size(); ++i) {
    EXPECT_NEAR(inputs_gradient.data()[i], slope(inputs.data()[i]), 1e-7) << "input " << i;
  }
}

TEST(Tower, NoExamplesHaveNoGradient) {
  Random random(5);
  const Tower<double> tower = random_tower(random);
  const Rows64 none(0, 4);
  TowerActivations<double> activations;
  tower_forward<double>(tower, none, activations);
  Rows64 vectors_gradient(0, 3);
  Rows64 inputs_gradient(0, 4);
  Tower<double> gradient;
  tower_backward<double>(tower, none, activations, vectors_gradient, gradient, inputs_gradient);
  EXPECT_EQ(std::ranges::count(gradient.values, 0.0), static_cast<std::ptrdiff_t>(kShape.parameters()));
}

}  // namespace
}  // namespace magpie

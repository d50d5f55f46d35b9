#include "kernels/two_tower_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/two_tower_inputs.h"

namespace magpie {
namespace {

constexpr std::size_t kItems = 9;

// Item i has categories i % 3 and, where it is even, 3; item 8 has none.
SparseMatrix categories() {
  SparseMatrix matrix;
  matrix.columns = 4;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    std::vector<CategoryIndex> of_item;
    if (item < 8) of_item.emplace_back(item % 3);
    if (item < 8 && item % 2 == 0) of_item.emplace_back(3);
    append_categories(matrix, of_item);
  }
  return matrix;
}

Matrix features() {
  Matrix matrix(kItems, 2);
  for (std::size_t i = 0; i < matrix.values.size(); ++i) matrix.values[i] = static_cast<float>(std::sin(i));
  return matrix;
}

TwoTowerShape shape() {
  TwoTowerShape result;
  result.items = kItems;
  result.categories = 4;
  result.id_dimensions = 3;
  result.category_dimensions = 2;
  result.item_features = 2;
  result.half_lives = 2;
  result.user_features = 1;
  result.hidden = 10;
  result.dimensions = 4;
  return result;
}

// Four examples, of which the last has no history; five columns, of which three were sampled and one has its id hidden;
// items 0 and 4 are in histories and columns alike.
TwoTowerBatch sample_batch() {
  TwoTowerBatch batch;
  batch.histories.items = {4, 0, 7, 8};
  batch.histories.offsets = {0, 2, 3, 6, 6};
  batch.histories.entries = {0, 1, 2, 1, 0, 3};
  batch.histories.weights = {0.7F, 0.4F, 0.3F, 0.6F, 1, 1, 0.5F, 0.2F, 0.25F, 0.3F, 0.25F, 0.5F};
  batch.user_features.resize(4, 1);
  batch.user_features << 0.2F, 0.1F, 0.3F, 0.4F;
  batch.columns = {1, 0, 5, 4, 6};
  batch.id_rows = {1, 0, static_cast<std::uint32_t>(kItems), 4, 6};
  batch.softmax.log_probabilities = {std::log(0.8F), std::log(0.4F), std::log(0.2F)};
  batch.softmax.certain.indices = {0, 3, 1, 0, 4, 2};
  batch.softmax.certain.offsets = {0, 2, 3, 5, 6};
  batch.softmax.masked.indices = {1};
  batch.softmax.masked.offsets = {0, 1, 1, 1, 1};
  return batch;
}

class TwoTowerNetworkTest : public testing::Test {
 protected:
  [[nodiscard]] double loss() {
    TwoTowerGradient<double> ignored;
    return network_.differentiate(parameters_, batch_, ignored);
  }
  // The numeric derivative by one parameter.
  double slope(double& value) {
    constexpr double kStep = 1e-6;
    const double kept = value;
    value = kept + kStep;
    const double up = loss();
    value = kept - kStep;
    const double down = loss();
    value = kept;
    return (up - down) / (2 * kStep);
  }
  void expect_rows(const std::vector<std::uint32_t>& rows, const RowMatrix<double>& gradient,
                   RowMatrix<double>& values) {
    for (std::uint32_t row = 0; row < values.rows(); ++row) {
      const auto place = std::ranges::find(rows, row) - rows.begin();
      for (Eigen::Index column = 0; column < values.cols(); ++column) {
        const double expected = place == std::ssize(rows) ? 0 : gradient(place, column);
        EXPECT_NEAR(expected, slope(values(row, column)), 1e-8) << row << ", " << column;
      }
    }
  }
  void expect_tower(const Tower<double>& gradient, Tower<double>& tower) {
    for (std::size_t i = 0; i < tower.values.size(); ++i) {
      EXPECT_NEAR(gradient.values[i], slope(tower.values[i]), 1e-8) << i;
    }
  }

  const SparseMatrix categories_ = categories();
  const Matrix features_ = features();
  const TowerItems items_{categories_, features_};
  Random random_{6};
  ShardTeam team_{2};
  TwoTowerNetwork<double> network_{items_, team_};
  TwoTowerParameters<double> parameters_ = initial_parameters<double>(shape(), 0.5, random_);
  TwoTowerBatch batch_ = sample_batch();
};

TEST_F(TwoTowerNetworkTest, GradientOfEveryParameterIsThatOfTheLoss) {
  for (double& value : parameters_.item_tower.values) value += 0.05 * random_.normal();  // Biases too.
  for (double& value : parameters_.user_tower.values) value += 0.05 * random_.normal();
  TwoTowerGradient<double> gradient;
  (void)network_.differentiate(parameters_, batch_, gradient);
  {
    SCOPED_TRACE("item embeddings");
    EXPECT_TRUE(std::ranges::count(gradient.item_rows, kItems));  // The unknown item.
    expect_rows(gradient.item_rows, gradient.item_embeddings, parameters_.item_embeddings);
  }
  {
    SCOPED_TRACE("category embeddings");
    expect_rows(gradient.category_rows, gradient.category_embeddings, parameters_.category_embeddings);
  }
  {
    SCOPED_TRACE("item tower");
    expect_tower(gradient.item_tower, parameters_.item_tower);
  }
  {
    SCOPED_TRACE("user tower");
    expect_tower(gradient.user_tower, parameters_.user_tower);
  }
  EXPECT_NEAR(gradient.log_scale, slope(parameters_.log_scale), 1e-8);
}

TEST_F(TwoTowerNetworkTest, ABatchLeavesNothingForTheNextOne) {
  TwoTowerGradient<double> gradient;
  const double first = network_.differentiate(parameters_, batch_, gradient);
  const TwoTowerGradient<double> kept = gradient;
  TwoTowerBatch other = batch_;
  other.columns = {2, 3, 1, 7, 8};
  other.id_rows = other.columns;
  (void)network_.differentiate(parameters_, other, gradient);
  EXPECT_EQ(network_.differentiate(parameters_, batch_, gradient), first);
  EXPECT_EQ(gradient.item_rows, kept.item_rows);
  EXPECT_EQ(gradient.item_embeddings, kept.item_embeddings);
  EXPECT_EQ(gradient.category_embeddings, kept.category_embeddings);
  EXPECT_EQ(gradient.user_tower, kept.user_tower);
}

TEST_F(TwoTowerNetworkTest, UserVectorsAreThoseOfTheLoss) {
  RowMatrix<double> vectors;
  network_.user_vectors(parameters_, batch_, vectors);
  ASSERT_EQ(vectors.rows(), 4);
  for (Eigen::Index row = 0; row < 4; ++row) EXPECT_NEAR(vectors.row(row).norm(), 1, 1e-9);
  // The oracle: the second user's history is item 7 alone, once for each half-life.
  std::vector<double> item(shape().item_inputs());
  item_input<double>(parameters_, items_, 7, 7, item);
  RowMatrix<double> input(1, static_cast<Eigen::Index>(shape().user_inputs()));
  std::copy(item.begin(), item.end(), input.data());
  std::copy(item.begin(), item.end(), input.data() + item.size());
  input(0, input.cols() - 1) = static_cast<double>(0.1F);
  TowerActivations<double> expected;
  tower_forward<double>(parameters_.user_tower, input, expected);
  EXPECT_LT((vectors.row(1) - expected.vectors.row(0)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST_F(TwoTowerNetworkTest, TheInputOfAnItemIsIdCategoriesFeatures) {
  std::vector<double> input(shape().item_inputs());
  item_input<double>(parameters_, items_, 4, 4, input);  // Categories 1 and 3.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(input[static_cast<std::size_t>(i)], parameters_.item_embeddings(4, i));
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(input[static_cast<std::size_t>(3 + i)],
                (parameters_.category_embeddings(1, i) + parameters_.category_embeddings(3, i)) / 2, 1e-12);
    EXPECT_EQ(static_cast<float>(input[static_cast<std::size_t>(5 + i)]),
              features_.row(4)[static_cast<std::size_t>(i)]);
  }
}

TEST(TwoTowerNetworkThreads, AreNotSeenInTheResult) {
  const SparseMatrix item_categories = categories();
  const Matrix item_features = features();
  const TowerItems items{item_categories, item_features};
  Random random(8);
  const auto parameters = initial_parameters<float>(shape(), 0.5, random);
  TwoTowerGradient<float> alone;
  ShardTeam one(1);
  const double loss = TwoTowerNetwork<float>(items, one).differentiate(parameters, sample_batch(), alone);
  for (const unsigned threads : {2U, 3U}) {
    ShardTeam team(threads);
    TwoTowerGradient<float> together;
    EXPECT_EQ(TwoTowerNetwork<float>(items, team).differentiate(parameters, sample_batch(), together), loss);
    EXPECT_EQ(alone.item_embeddings, together.item_embeddings);
    EXPECT_EQ(alone.category_embeddings, together.category_embeddings);
    EXPECT_EQ(alone.item_tower, together.item_tower);
    EXPECT_EQ(alone.user_tower, together.user_tower);
    EXPECT_EQ(alone.log_scale, together.log_scale);
  }
}

}  // namespace
}  // namespace magpie

#include "kernels/denoising_autoencoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernels/denoising_autoencoder_network.h"
#include "kernels/shard_team.h"

namespace magpie {
namespace {

void append(SparseMatrix& matrix, const std::vector<std::uint32_t>& items, const std::vector<float>& values) {
  matrix.indices.insert(matrix.indices.end(), items.begin(), items.end());
  matrix.values.insert(matrix.values.end(), values.begin(), values.end());
  matrix.offsets.push_back(matrix.indices.size());
}

// Eleven users, so that shards have one or two of them; one without inputs, one without anything.
AutoencoderBatch small_batch(std::size_t items) {
  Random random(7);
  AutoencoderBatch batch;
  batch.inputs.columns = batch.targets.columns = items;
  for (std::size_t user = 0; user < 9; ++user) {
    const auto first = static_cast<std::uint32_t>(random.below(items - 2));
    append(batch.inputs, {first, first + 2}, {0.7F, 1.9F});
    append(batch.targets, {first, first + 1, first + 2}, {1, 2, 0.5F});
  }
  append(batch.inputs, {}, {});
  append(batch.targets, {0}, {1});
  append(batch.inputs, {}, {});
  append(batch.targets, {}, {});
  return batch;
}

AutoencoderWeights<double> random_weights(std::size_t items, std::size_t hidden) {
  Random random(11);
  AutoencoderWeights<double> weights(items, hidden);
  for (double& value : weights.values) value = 0.5 * random.normal();
  return weights;
}

double naive_logit(const AutoencoderWeights<double>& weights, const SparseMatrix& inputs, std::size_t user,
                   Eigen::Index item) {
  double logit = weights.item_bias()(item);
  for (Eigen::Index unit = 0; unit < eigen_index(weights.hidden); ++unit) {
    double sum = weights.hidden_bias()(unit);
    for (std::size_t i = 0; i < inputs.row_indices(user).size(); ++i) {
      sum += inputs.row_values(user)[i] * weights.encoder()(inputs.row_indices(user)[i], unit);
    }
    logit += std::tanh(sum) * weights.decoder()(item, unit);
  }
  return logit;
}

double naive_loss(const AutoencoderWeights<double>& weights, const AutoencoderBatch& batch, double unobserved) {
  double loss = 0;
  for (std::size_t user = 0; user < batch.inputs.rows(); ++user) {
    const auto targets = batch.targets.row_indices(user);
    for (std::uint32_t item = 0; item < weights.items; ++item) {
      const double logit = naive_logit(weights, batch.inputs, user, item);
      const auto target = std::find(targets.begin(), targets.end(), item);
      loss += target == targets.end()
                  ? unobserved * std::log(1 + std::exp(logit))
                  : batch.targets.row_values(user)[target - targets.begin()] * std::log(1 + std::exp(-logit));
    }
  }
  return loss / static_cast<double>(batch.inputs.rows());
}

TEST(AutoencoderNetwork, LossAndScoresAreThoseOfTheDefinition) {
  const AutoencoderBatch batch = small_batch(13);
  const auto weights = random_weights(13, 5);
  ShardTeam team(2);
  AutoencoderNetwork<double> network(0.3, team);
  auto gradient = weights;
  EXPECT_NEAR(network.differentiate(weights, batch, gradient), naive_loss(weights, batch, 0.3), 1e-9);
  RowMatrix<double> scores;
  network.scores(weights, batch.inputs, scores);
  ASSERT_EQ(scores.rows(), 11);
  for (Eigen::Index item = 0; item < 13; ++item) {
    EXPECT_NEAR(scores(4, item), naive_logit(weights, batch.inputs, 4, item), 1e-9);
  }
}

TEST(AutoencoderNetwork, GradientIsTheSlopeOfTheLoss) {
  const AutoencoderBatch batch = small_batch(9);
  const auto weights = random_weights(9, 3);
  ShardTeam team(1);
  AutoencoderNetwork<double> network(0.3, team);
  // Overwritten, not added to.
  AutoencoderWeights<double> gradient(9, 3);
  std::fill(gradient.values.begin(), gradient.values.end(), 1e9);
  (void)network.differentiate(weights, batch, gradient);
  constexpr double kStep = 1e-5;
  for (std::size_t i = 0; i < weights.values.size(); ++i) {
    auto up = weights;
    auto down = weights;
    up.values[i] += kStep;
    down.values[i] -= kStep;
    const double slope = (naive_loss(up, batch, 0.3) - naive_loss(down, batch, 0.3)) / (2 * kStep);
    EXPECT_NEAR(gradient.values[i], slope, 1e-7) << "value " << i;
  }
}

TEST(AutoencoderNetwork, LargeLogitsDoNotOverflow) {
  AutoencoderBatch batch = small_batch(9);
  AutoencoderWeights<float> weights(9, 3);
  weights.item_bias().setConstant(500);
  weights.item_bias()(0) = -500;
  ShardTeam team(1);
  AutoencoderNetwork<float> network(1, team);
  AutoencoderWeights<float> gradient(9, 3);
  EXPECT_TRUE(std::isfinite(network.differentiate(weights, batch, gradient)));
  for (const float value : gradient.values) EXPECT_TRUE(std::isfinite(value));
}

// Users of two kinds, each with most items of its kind.
SparseMatrix two_tastes(std::size_t users, std::uint32_t items) {
  Random random(3);
  SparseMatrix matrix;
  matrix.columns = items;
  for (std::size_t user = 0; user < users; ++user) {
    std::vector<std::uint32_t> row;
    for (auto item = static_cast<std::uint32_t>(user % 2); item < items; item += 2) {
      if (random.uniform() < 0.7) row.push_back(item);
    }
    append(matrix, row, std::vector<float>(row.size(), 1));
  }
  return matrix;
}

DenoisingAutoencoderParameters quick() {
  DenoisingAutoencoderParameters parameters;
  parameters.hidden = 8;
  parameters.epochs = 30;
  parameters.batch = 16;
  parameters.adam.learning_rate = 0.02;
  return parameters;
}

TEST(DenoisingAutoencoder, LearnsWhatGoesTogether) {
  const SparseMatrix train = two_tastes(60, 20);
  std::vector<double> losses;
  const auto model = train_denoising_autoencoder(
      train, quick(), [&](std::size_t, std::size_t, double loss) { losses.push_back(loss); });
  ASSERT_EQ(losses.size(), 30U);
  EXPECT_LT(losses.back(), 0.8 * losses.front());
  // A user whom it has never seen.
  SparseMatrix user;
  user.columns = 20;
  append(user, {0, 4, 8}, {1, 1, 1});
  const Matrix scores = autoencoder_scores(model, user, 1);
  for (std::size_t item = 0; item < 20; item += 2) {
    EXPECT_GT(scores.row(0)[item], scores.row(0)[item + 1]);
  }
}

TEST(DenoisingAutoencoder, TheSameBytesWhateverTheThreads) {
  const SparseMatrix train = two_tastes(60, 20);
  auto parameters = quick();
  parameters.epochs = 3;
  parameters.threads = 1;
  const auto one = train_denoising_autoencoder(train, parameters);
  for (const unsigned threads : {2U, 3U}) {
    parameters.threads = threads;
    const auto other = train_denoising_autoencoder(train, parameters);
    EXPECT_EQ(one.encoder, other.encoder);
    EXPECT_EQ(one.decoder, other.decoder);
    EXPECT_EQ(one.hidden_bias, other.hidden_bias);
    EXPECT_EQ(one.item_bias, other.item_bias);
    EXPECT_EQ(autoencoder_scores(one, train, 1), autoencoder_scores(one, train, threads));
  }
  parameters.seed = 43;
  EXPECT_NE(one.encoder, train_denoising_autoencoder(train, parameters).encoder);
}

TEST(DenoisingAutoencoder, ScoresManyUsersAsItScoresOne) {
  const SparseMatrix train = two_tastes(600, 20);
  auto parameters = quick();
  parameters.epochs = 1;
  const auto model = train_denoising_autoencoder(train, parameters);
  SparseMatrix last;
  last.columns = 20;
  append(last, {train.row_indices(599).begin(), train.row_indices(599).end()},
         {train.row_values(599).begin(), train.row_values(599).end()});
  const Matrix all = autoencoder_scores(model, train, 2);
  const Matrix alone = autoencoder_scores(model, last, 2);
  for (std::size_t item = 0; item < 20; ++item) EXPECT_NEAR(all.row(599)[item], alone.row(0)[item], 1e-4);
}

TEST(DenoisingAutoencoder, WhoHasNothingIsScoredByPopularity) {
  SparseMatrix train = two_tastes(60, 20);
  append(train, {}, {});
  const auto model = train_denoising_autoencoder(train, quick());
  const Matrix scores = autoencoder_scores(model, train, 2);
  for (const float score : scores.row(60)) EXPECT_TRUE(std::isfinite(score));
}

}  // namespace
}  // namespace magpie

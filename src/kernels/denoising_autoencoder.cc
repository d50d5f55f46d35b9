#include "kernels/denoising_autoencoder.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/random.h"
#include "kernels/denoising_autoencoder_network.h"
#include "kernels/shard_team.h"

namespace magpie {
namespace {

using Weights = AutoencoderWeights<float>;

// Users scored at a time: bounds the memory beside the result.
constexpr std::size_t kScoringBatch = 512;

// What a user's weights are multiplied by; 0 for who has nothing.
float input_scale(std::span<const float> weights, double exponent) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  return total > 0 ? static_cast<float>(std::pow(total, -exponent)) : 0;
}

template <typename Keep>
void append_inputs(const SparseMatrix& interactions, std::size_t user, float scale, const Keep& keep,
                   SparseMatrix& inputs) {
  const auto items = interactions.row_indices(user);
  const auto weights = interactions.row_values(user);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!keep()) continue;
    inputs.indices.push_back(items[i]);
    inputs.values.push_back(weights[i] * scale);
  }
  inputs.offsets.push_back(inputs.indices.size());
}

void append_row(const SparseMatrix& from, std::size_t row, SparseMatrix& to) {
  const auto items = from.row_indices(row);
  const auto values = from.row_values(row);
  to.indices.insert(to.indices.end(), items.begin(), items.end());
  to.values.insert(to.values.end(), values.begin(), values.end());
  to.offsets.push_back(to.indices.size());
}

void randomize(Eigen::Ref<RowMatrix<float>> values, double deviation, Random& random) {
  for (float& value : std::span(values.data(), static_cast<std::size_t>(values.size()))) {
    value = static_cast<float>(deviation * random.normal());
  }
}

// Hidden units start with logits of about 1, items with the log odds of their popularity.
Weights initial_weights(const SparseMatrix& interactions, std::size_t hidden, Random& random) {
  Weights weights(interactions.columns, hidden);
  randomize(weights.encoder(), 3 / std::sqrt(static_cast<double>(interactions.columns)), random);
  randomize(weights.decoder(), 1 / std::sqrt(static_cast<double>(hidden)), random);
  std::vector<double> users(interactions.columns, 0.5);  // Who nobody turned to has odds, too.
  for (const std::uint32_t item : interactions.indices) users[item] += 1;
  const double all = static_cast<double>(interactions.rows()) + 1;
  auto bias = weights.item_bias();
  for (std::size_t item = 0; item < users.size(); ++item) {
    bias(eigen_index(item)) = static_cast<float>(std::log(users[item] / (all - users[item])));
  }
  return weights;
}

class Trainer {
 public:
  Trainer(const SparseMatrix& interactions, const DenoisingAutoencoderParameters& parameters)
      : interactions_(interactions),
        parameters_(parameters),
        random_(parameters.seed),
        team_(parameters.threads),
        network_(parameters.unobserved_weight, team_),
        weights_(initial_weights(interactions, parameters.hidden, random_)),
        gradient_(weights_.items, weights_.hidden),
        first_(weights_.values.size()),
        second_(weights_.values.size()),
        users_(interactions.rows()) {
    std::iota(users_.begin(), users_.end(), 0U);
  }

  Weights run(const AutoencoderProgress& progress) {
    const std::size_t batches = (users_.size() + parameters_.batch - 1) / parameters_.batch;
    const std::size_t steps = parameters_.epochs * batches;
    for (std::size_t epoch = 0, step = 0; epoch < parameters_.epochs; ++epoch) {
      shuffle();
      double loss = 0;
      for (std::size_t b = 0; b < batches; ++b, ++step) {
        const std::size_t first = users_.size() * b / batches;
        const auto users = std::span(users_).subspan(first, users_.size() * (b + 1) / batches - first);
        loss += network_.differentiate(weights_, make_batch(users), gradient_) * static_cast<double>(users.size());
        update(step, static_cast<double>(step) / static_cast<double>(steps));
      }
      if (progress) progress(epoch + 1, parameters_.epochs, loss / static_cast<double>(users_.size()));
    }
    return std::move(weights_);
  }

 private:
  void shuffle() {
    for (std::size_t i = users_.size(); i > 1; --i) std::swap(users_[i - 1], users_[random_.below(i)]);
  }

  // What is kept of the inputs is scaled up, so that its expectation is the whole.
  AutoencoderBatch make_batch(std::span<const std::uint32_t> users) {
    AutoencoderBatch batch;
    batch.inputs.columns = batch.targets.columns = interactions_.columns;
    const double kept = 1 - parameters_.corruption;
    for (const std::uint32_t user : users) {
      const float scale = input_scale(interactions_.row_values(user), parameters_.input_exponent);
      append_inputs(
          interactions_, user, scale / static_cast<float>(kept), [&] { return random_.uniform() < kept; },
          batch.inputs);
      append_row(interactions_, user, batch.targets);
    }
    return batch;
  }

  void update(std::size_t step, double done) {
    const double rate = parameters_.adam.learning_rate * (1 + std::cos(std::numbers::pi * done)) / 2;
    const AdamStep adam(parameters_.adam, step + 1, rate);
    team_.run([&](std::size_t shard) {
      const ShardRange range = shard_range(weights_.values.size(), shard);
      const auto piece = [&range](auto& all) { return std::span(all).subspan(range.first, range.count); };
      adam.update(piece(weights_.values), piece(std::as_const(gradient_.values)), piece(first_), piece(second_));
    });
  }

  const SparseMatrix& interactions_;
  const DenoisingAutoencoderParameters& parameters_;
  Random random_;
  ShardTeam team_;
  AutoencoderNetwork<float> network_;
  Weights weights_;
  Weights gradient_;
  std::vector<float> first_;  // Moments of Adam.
  std::vector<float> second_;
  std::vector<std::uint32_t> users_;
};

template <typename Map>
Matrix to_matrix(const Map& map) {
  Matrix matrix(static_cast<std::size_t>(map.rows()), static_cast<std::size_t>(map.cols()));
  std::copy(map.data(), map.data() + map.size(), matrix.values.begin());
  return matrix;
}

Weights to_weights(const DenoisingAutoencoderModel& model) {
  Weights weights(model.encoder.rows, model.encoder.columns);
  auto to = weights.values.begin();
  for (const std::vector<float>* part :
       {&model.encoder.values, &model.decoder.values, &model.hidden_bias, &model.item_bias}) {
    to = std::copy(part->begin(), part->end(), to);
  }
  return weights;
}

}  // namespace

DenoisingAutoencoderModel train_denoising_autoencoder(const SparseMatrix& interactions,
                                                      const DenoisingAutoencoderParameters& parameters,
                                                      const AutoencoderProgress& progress) {
  const Weights weights = Trainer(interactions, parameters).run(progress);
  const auto hidden_bias = weights.hidden_bias();
  const auto item_bias = weights.item_bias();
  return {to_matrix(weights.encoder()),
          to_matrix(weights.decoder()),
          {hidden_bias.data(), hidden_bias.data() + hidden_bias.size()},
          {item_bias.data(), item_bias.data() + item_bias.size()},
          parameters.input_exponent};
}

Matrix autoencoder_scores(const DenoisingAutoencoderModel& model, const SparseMatrix& interactions, unsigned threads) {
  const Weights weights = to_weights(model);
  ShardTeam team(threads);
  AutoencoderNetwork<float> network(1, team);
  Matrix scores(interactions.rows(), weights.items);
  RowMatrix<float> logits;
  for (std::size_t first = 0; first < scores.rows; first += kScoringBatch) {
    const std::size_t end = std::min(first + kScoringBatch, scores.rows);
    SparseMatrix inputs;
    inputs.columns = weights.items;
    for (std::size_t user = first; user < end; ++user) {
      const float scale = input_scale(interactions.row_values(user), model.input_exponent);
      append_inputs(interactions, user, scale, [] { return true; }, inputs);
    }
    network.scores(weights, inputs, logits);
    std::copy(logits.data(), logits.data() + logits.size(), scores.row(first).data());
  }
  return scores;
}

}  // namespace magpie

#include "kernels/two_tower_training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/two_tower_optimizer.h"

namespace magpie {
namespace {

using Parameters = TwoTowerParameters<float>;

// Batches from one sample of the average to the next: all embeddings are read for it.
constexpr std::size_t kAverageEvery = 16;

Matrix as_matrix(const RowMatrix<float>& rows) {
  Matrix matrix(static_cast<std::size_t>(rows.rows()), static_cast<std::size_t>(rows.cols()));
  std::copy(rows.data(), rows.data() + rows.size(), matrix.values.begin());
  return matrix;
}

Matrix scaled(const Matrix& features, const FeatureScaling& scaling) {
  Matrix result(features.rows, features.columns);
  for (std::size_t row = 0; row < features.rows; ++row) scale_features(scaling, features.row(row), result.row(row));
  return result;
}

TwoTowerShape shape_of(const TwoTowerData& data, const TwoTowerTrainingParameters& parameters) {
  TwoTowerShape shape;
  shape.items = data.items();
  shape.categories = data.item_categories.columns;
  shape.id_dimensions = parameters.id_dimensions;
  shape.category_dimensions = parameters.category_dimensions;
  shape.item_features = data.item_features.columns;
  shape.half_lives = parameters.half_lives.size();
  shape.user_features = kTowerUserFeatures;
  shape.hidden = parameters.hidden;
  shape.dimensions = parameters.dimensions;
  return shape;
}

class Trainer {
 public:
  Trainer(const TwoTowerData& data, const TwoTowerTrainingParameters& parameters, const TwoTowerTrainingHooks& hooks)
      : data_(data),
        parameters_(parameters),
        hooks_(hooks),
        scaling_(fit_scaling(data.item_features)),
        features_(scaled(data.item_features, scaling_)),
        items_{data.item_categories, features_},
        sampling_{parameters.validate ? std::size_t{1} : 0, parameters.examples_per_user,
                  parameters.examples_per_epoch},
        team_(parameters.threads),
        random_(parameters.seed),
        maker_(data,
               {parameters.half_lives, parameters.history_items, parameters.history_dropout,
                parameters.unknown_probability, sampling_.held_out},
               target_shares(data, sampling_)),
        scorer_(items_, maker_, team_),
        network_(items_, team_),
        state_(initial_parameters<float>(shape_of(data, parameters), parameters.temperature, random_)),
        optimizer_(state_, parameters.adam, team_),
        average_(state_, team_) {}

  TwoTowerTraining run() {
    TwoTowerTraining training;
    Parameters best = average_.mean();
    for (std::size_t epoch = 0; epoch < parameters_.epochs; ++epoch) {
      const double loss = run_epoch(epoch);
      if (is_stopped()) break;
      training.epochs.push_back({loss, {}});
      vectors_ = all_item_vectors(average_.mean(), items_, team_);
      if (is_best(training)) {
        training.best_epoch = epoch + 1;
        best = average_.mean();
      }
      if (hooks_.progress) hooks_.progress(epoch + 1, parameters_.epochs);
      if (epoch + 1 - training.best_epoch >= parameters_.patience) break;
    }
    training.model = finish(std::move(best));
    return training;
  }

 private:
  double run_epoch(std::size_t epoch) {
    const IndexLists hard_negatives = epoch == 0 ? IndexLists{} : mine();
    const std::vector<TwoTowerExample> examples = sample_examples(data_, sampling_, random_);
    const std::size_t batches = (examples.size() + parameters_.batch - 1) / parameters_.batch;
    double loss = 0;
    for (std::size_t i = 0; i < batches && !is_stopped(); ++i) {
      const std::size_t from = i * parameters_.batch;
      const auto of_batch = std::span(examples).subspan(from, std::min(parameters_.batch, examples.size() - from));
      const TwoTowerBatch batch = maker_.make(of_batch, hard_negatives, random_);
      loss += network_.differentiate(state_, batch, gradient_) / static_cast<double>(batches);
      optimizer_.step(gradient_, state_);
      if (i % kAverageEvery == 0 || i + 1 == batches) average_.add(state_);
    }
    return loss;
  }

  [[nodiscard]] bool is_stopped() const { return hooks_.stop && hooks_.stop(); }

  [[nodiscard]] IndexLists mine() {
    if (parameters_.hard_negatives.per_user == 0) return {};
    return mine_hard_negatives(data_, average_.mean(), vectors_, sampling_.held_out, parameters_.hard_negatives,
                               scorer_, random_);
  }

  // Without validation the last epoch is.
  [[nodiscard]] bool is_best(TwoTowerTraining& training) {
    if (!parameters_.validate) return true;
    HeldOutMetrics& metrics = training.epochs.back().held_out;
    metrics = evaluate_held_out(data_, average_.mean(), vectors_, parameters_.validation_users, scorer_);
    return training.best_epoch == 0 || metrics.ndcg > training.epochs[training.best_epoch - 1].held_out.ndcg;
  }

  [[nodiscard]] TwoTowerModel finish(Parameters&& learned) {
    const TwoTowerShape& shape = learned.shape;
    TwoTowerModel model;
    model.half_lives = parameters_.half_lives;
    model.history_items = static_cast<std::uint32_t>(parameters_.history_items);
    model.feature_scaling = scaling_;
    model.inverse_temperature = std::exp(learned.log_scale);
    model.item_inputs = Matrix(shape.items, shape.item_inputs());
    for (std::uint32_t item = 0; item < shape.items; ++item) {
      item_input(learned, items_, item, item, model.item_inputs.row(item));
    }
    model.item_vectors = as_matrix(all_item_vectors(learned, items_, team_));
    const auto unknown = learned.item_embeddings.row(shape.unknown_item());
    model.unknown_item.assign(unknown.data(), unknown.data() + unknown.size());
    model.category_embeddings = as_matrix(learned.category_embeddings);
    model.item_tower = std::move(learned.item_tower);
    model.user_tower = std::move(learned.user_tower);
    return model;
  }

  const TwoTowerData& data_;
  const TwoTowerTrainingParameters& parameters_;
  const TwoTowerTrainingHooks& hooks_;
  const FeatureScaling scaling_;
  const Matrix features_;
  const TowerItems items_;
  const ExampleSampling sampling_;
  ShardTeam team_;
  Random random_;
  TwoTowerBatchMaker maker_;
  TwoTowerScorer scorer_;
  TwoTowerNetwork<float> network_;
  Parameters state_;
  TwoTowerOptimizer optimizer_;
  ParameterAverage average_;
  TwoTowerGradient<float> gradient_;
  RowMatrix<float> vectors_;  // Of all items, after the epoch before.
};

}  // namespace

TwoTowerTraining train_two_tower(const TwoTowerData& data, const TwoTowerTrainingParameters& parameters,
                                 const TwoTowerTrainingHooks& hooks) {
  return Trainer(data, parameters, hooks).run();
}

}  // namespace magpie

#include "kernels/two_tower_optimizer.h"

#include <algorithm>

namespace magpie {
namespace {

using Parameters = TwoTowerParameters<float>;

constexpr float kMostLogScale = 4.6051702F;  // ln 100
constexpr double kEta = 8;

std::span<float> row_of(RowMatrix<float>& matrix, std::size_t row) {
  return {matrix.row(eigen_index(row)).data(), static_cast<std::size_t>(matrix.cols())};
}

Parameters zeros_like(Parameters parameters) {
  parameters.item_embeddings.setZero();
  parameters.category_embeddings.setZero();
  std::fill(parameters.item_tower.values.begin(), parameters.item_tower.values.end(), 0.0F);
  std::fill(parameters.user_tower.values.begin(), parameters.user_tower.values.end(), 0.0F);
  parameters.log_scale = 0;
  return parameters;
}

// The shard's part of mean += weight (values - mean).
void move_towards(const float* values, std::size_t size, float weight, std::size_t shard, float* mean) {
  const ShardRange range = shard_range(size, shard);
  const Eigen::Map<const Eigen::ArrayXf> target(values + range.first, eigen_index(range.count));
  Eigen::Map<Eigen::ArrayXf> moved(mean + range.first, eigen_index(range.count));
  moved += weight * (target - moved);
}

void move_towards(const RowMatrix<float>& values, float weight, std::size_t shard, RowMatrix<float>& mean) {
  move_towards(values.data(), static_cast<std::size_t>(values.size()), weight, shard, mean.data());
}

void move_towards(const Tower<float>& tower, float weight, std::size_t shard, Tower<float>& mean) {
  move_towards(tower.values.data(), tower.values.size(), weight, shard, mean.values.data());
}

}  // namespace

TwoTowerOptimizer::TwoTowerOptimizer(const Parameters& parameters, const AdamParameters& adam, ShardTeam& team)
    : adam_(adam), team_(team), first_(zeros_like(parameters)), second_(first_) {}

void TwoTowerOptimizer::step(const TwoTowerGradient<float>& gradient, Parameters& parameters) {
  const AdamStep step(adam_, ++steps_, adam_.learning_rate);
  update_rows(step, gradient.item_rows, gradient.item_embeddings, &Parameters::item_embeddings, parameters);
  update_rows(step, gradient.category_rows, gradient.category_embeddings, &Parameters::category_embeddings, parameters);
  update_tower(step, gradient.item_tower, &Parameters::item_tower, parameters);
  update_tower(step, gradient.user_tower, &Parameters::user_tower, parameters);
  AdamParameters undecayed = adam_;
  undecayed.weight_decay = 0;
  AdamStep(undecayed, steps_, adam_.learning_rate)
      .update({&parameters.log_scale, 1}, {&gradient.log_scale, 1}, {&first_.log_scale, 1}, {&second_.log_scale, 1});
  parameters.log_scale = std::clamp(parameters.log_scale, 0.0F, kMostLogScale);
}

void TwoTowerOptimizer::update_rows(const AdamStep& step, const std::vector<std::uint32_t>& rows,
                                    const RowMatrix<float>& gradient, RowMatrix<float> Parameters::* part,
                                    Parameters& parameters) {
  const auto columns = static_cast<std::size_t>(gradient.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    step.update(row_of(parameters.*part, rows[i]), std::span(gradient.data() + i * columns, columns),
                row_of(first_.*part, rows[i]), row_of(second_.*part, rows[i]));
  }
}

void TwoTowerOptimizer::update_tower(const AdamStep& step, const Tower<float>& gradient,
                                     Tower<float> Parameters::* part, Parameters& parameters) {
  std::vector<float>& values = (parameters.*part).values;
  team_.run([&](std::size_t shard) {
    const ShardRange range = shard_range(values.size(), shard);
    const auto piece = [&range](std::vector<float>& all) { return std::span(all).subspan(range.first, range.count); };
    step.update(piece(values), std::span(gradient.values).subspan(range.first, range.count),
                piece((first_.*part).values), piece((second_.*part).values));
  });
}

void ParameterAverage::add(const Parameters& parameters) {
  const auto weight = static_cast<float>((kEta + 1) / (static_cast<double>(++count_) + kEta));
  team_.run([&](std::size_t shard) {
    move_towards(parameters.item_embeddings, weight, shard, mean_.item_embeddings);
    move_towards(parameters.category_embeddings, weight, shard, mean_.category_embeddings);
    move_towards(parameters.item_tower, weight, shard, mean_.item_tower);
    move_towards(parameters.user_tower, weight, shard, mean_.user_tower);
  });
  mean_.log_scale += weight * (parameters.log_scale - mean_.log_scale);
}

}  // namespace magpie

#include "kernels/two_tower_inputs.h"

#include <cmath>

namespace magpie {
namespace {

// A factor that shrinks what is below the resolution of floats to nothing.
constexpr double kSmallestDeviation = 1e-6;

float log1p_or_zero(double value) { return value > 0 ? static_cast<float>(std::log1p(value)) : 0.0F; }

}  // namespace

std::array<float, kTowerItemFeatures> tower_item_features(const ItemFacts& facts) {
  return {log1p_or_zero(facts.popularity), log1p_or_zero(facts.age_days.value_or(0)), facts.age_days ? 1.0F : 0.0F,
          log1p_or_zero(facts.price.value_or(0)), facts.price ? 1.0F : 0.0F};
}

FeatureScaling fit_scaling(const Matrix& rows) {
  FeatureScaling scaling{std::vector<float>(rows.columns), std::vector<float>(rows.columns)};
  const double count = static_cast<double>(rows.rows);
  for (std::size_t column = 0; column < rows.columns && rows.rows > 0; ++column) {
    double sum = 0;
    double squares = 0;
    for (std::size_t row = 0; row < rows.rows; ++row) sum += static_cast<double>(rows.row(row)[column]);
    const double mean = sum / count;
    for (std::size_t row = 0; row < rows.rows; ++row) {
      const double difference = static_cast<double>(rows.row(row)[column]) - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / count);
    scaling.mean[column] = static_cast<float>(mean);
    scaling.factor[column] = deviation > kSmallestDeviation ? static_cast<float>(1 / deviation) : 0.0F;
  }
  return scaling;
}

void scale_features(const FeatureScaling& scaling, std::span<const float> raw, std::span<float> out) {
  for (std::size_t i = 0; i < raw.size(); ++i) out[i] = (raw[i] - scaling.mean[i]) * scaling.factor[i];
}

std::array<float, kTowerUserFeatures> tower_user_features(std::size_t items, float strength) {
  const float most = std::log1p(static_cast<float>(kMaxProfileItems));
  return {std::log1p(static_cast<float>(items)) / most, std::log1p(strength) / most};
}

void pooling_weights(std::span<const ProfileItem> newest_first, std::span<const float> half_lives,
                     std::vector<float>& weights) {
  weights.resize(newest_first.size() * half_lives.size());
  // From the newest on, so that no weight of a user who was long away vanishes.
  const float newest = newest_first.empty() ? 0.0F : newest_first.front().age;
  for (std::size_t h = 0; h < half_lives.size(); ++h) {
    float sum = 0;
    for (std::size_t i = 0; i < newest_first.size(); ++i) {
      const float weight = newest_first[i].strength * std::exp2((newest - newest_first[i].age) / half_lives[h]);
      weights[i * half_lives.size() + h] = weight;
      sum += weight;
    }
    for (std::size_t i = 0; i < newest_first.size(); ++i) weights[i * half_lives.size() + h] /= sum;
  }
}

}  // namespace magpie

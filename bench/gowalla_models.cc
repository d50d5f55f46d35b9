#include "gowalla_models.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "als_parameters.h"
#include "kernels/gemm.h"
#include "kernels/parallel_for.h"

namespace magpie::bench {
namespace {

constexpr std::size_t kGroup = 128;  // Users whose scores are one product.

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The scores of some users, rows `first` and on of `scores`: their factors times item_factors^T.
void add_factor_scores(const AlsModel& model, std::span<const std::uint32_t> users, std::size_t first, Matrix& scores) {
  const std::size_t factors = model.item_factors.columns;
  Matrix gathered(users.size(), factors);
  for (std::size_t i = 0; i < users.size(); ++i) {
    std::ranges::copy(model.user_factors.row(users[i]), gathered.row(i).begin());
  }
  add_product({users.size(), factors, scores.columns}, 1, {gathered.values.data(), factors},
              {model.item_factors.values.data(), factors, Transposed::kYes}, scores.row(first).data(), scores.columns);
}

Matrix factor_scores(const AlsModel& model, std::span<const std::uint32_t> users) {
  Matrix scores(users.size(), model.item_factors.rows);
  parallel_for((users.size() + kGroup - 1) / kGroup, kGowallaThreads, [&](std::size_t group) {
    const std::size_t first = group * kGroup;
    add_factor_scores(model, users.subspan(first, std::min(kGroup, users.size() - first)), first, scores);
  });
  return scores;
}

ScoringModel train_factors(const SparseMatrix& train) {
  const Stopwatch watch;
  auto model = std::make_shared<const AlsModel>(train_weighted_als(train, gowalla_single_als(kGowallaThreads)));
  return {"als", watch.seconds(),
          [model](std::span<const std::uint32_t> users) { return factor_scores(*model, users); }};
}

}  // namespace

LinearAutoencoderParameters gowalla_autoencoder() {
  LinearAutoencoderParameters parameters;
  parameters.regularization = 20;
  parameters.user_exponent = 0.2F;
  parameters.item_exponent = 0.25F;
  parameters.diagonal_exponent = 0;
  parameters.popularity_exponent = 0.1F;
  parameters.threads = kGowallaThreads;
  return parameters;
}

GraphFilterParameters gowalla_graph_filter() {
  GraphFilterParameters parameters;
  parameters.user_exponent = 0.3F;
  parameters.item_exponent = 0.3F;
  parameters.popularity_exponent = 0.1F;
  parameters.rank = 0;
  parameters.threads = kGowallaThreads;
  return parameters;
}

BlendWeights gowalla_blend() { return {1, 0, 0.03F}; }

Result<ScoringModel> train_autoencoder(const SparseMatrix& train, const LinearAutoencoderParameters& parameters) {
  const Stopwatch watch;
  MAGPIE_ASSIGN_OR_RETURN(auto fitted, LinearAutoencoder::fit(train, parameters));
  auto model = std::make_shared<const LinearAutoencoder>(std::move(fitted));
  return ScoringModel{"linear autoencoder", watch.seconds(),
                      [model](std::span<const std::uint32_t> users) { return model->scores(users); }};
}

ScoringModel train_graph_filter(const SparseMatrix& train, const GraphFilterParameters& parameters) {
  const Stopwatch watch;
  auto model = std::make_shared<const GraphFilter>(GraphFilter::fit(train, parameters));
  return {"graph filter", watch.seconds(),
          [model](std::span<const std::uint32_t> users) { return model->scores(users); }};
}

Result<std::vector<ScoringModel>> train_gowalla_models(const SparseMatrix& train) {
  std::vector<ScoringModel> models;
  MAGPIE_ASSIGN_OR_RETURN(auto autoencoder, train_autoencoder(train, gowalla_autoencoder()));
  models.push_back(std::move(autoencoder));
  models.push_back(train_graph_filter(train, gowalla_graph_filter()));
  models.push_back(train_factors(train));
  return models;
}

Matrix blend(std::span<const Matrix> scores, const BlendWeights& weights) {
  Matrix sum(scores[0].rows, scores[0].columns);
  for (std::size_t model = 0; model < scores.size(); ++model) {
    if (weights[model] == 0) continue;
    for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += weights[model] * scores[model].values[i];
  }
  return sum;
}

}  // namespace magpie::bench

#include "scoring_model.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "interaction_data.h"
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

// The scores of some users, rows `first` and on of `scores`.
void add_factor_scores(const AlsModel& model, std::span<const std::uint32_t> users, std::size_t first, Matrix& scores) {
  const std::size_t factors = model.item_factors.columns;
  Matrix gathered(users.size(), factors);
  for (std::size_t i = 0; i < users.size(); ++i) {
    std::ranges::copy(model.user_factors.row(users[i]), gathered.row(i).begin());
  }
  add_product({users.size(), factors, scores.columns}, 1, {gathered.values.data(), factors},
              {model.item_factors.values.data(), factors, Transposed::kYes}, scores.row(first).data(), scores.columns);
}

}  // namespace

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

ScoringModel train_factors(const SparseMatrix& train, const WeightedAls& how) {
  const Stopwatch watch;
  auto model = std::make_shared<const AlsModel>(train_weighted_als(train, how));
  return {"als", watch.seconds(), [model, threads = how.parameters.threads](std::span<const std::uint32_t> users) {
            return factor_scores(*model, users, threads);
          }};
}

ScoringModel train_denoising(const SparseMatrix& train, const DenoisingAutoencoderParameters& parameters) {
  const Stopwatch watch;
  auto model = std::make_shared<const DenoisingAutoencoderModel>(train_denoising_autoencoder(train, parameters));
  return {"denoising autoencoder", watch.seconds(),
          [model, train, threads = parameters.threads](std::span<const std::uint32_t> users) {
            return autoencoder_scores(*model, select_rows(train, users), threads);
          }};
}

Matrix factor_scores(const AlsModel& model, std::span<const std::uint32_t> users, unsigned threads) {
  Matrix scores(users.size(), model.item_factors.rows);
  parallel_for((users.size() + kGroup - 1) / kGroup, threads, [&](std::size_t group) {
    const std::size_t first = group * kGroup;
    add_factor_scores(model, users.subspan(first, std::min(kGroup, users.size() - first)), first, scores);
  });
  return scores;
}

}  // namespace magpie::bench

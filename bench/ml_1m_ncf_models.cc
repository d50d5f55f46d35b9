#include "ml_1m_ncf_models.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <span>
#include <sstream>
#include <utility>

#include "als_parameters.h"
#include "kernels/sparse_transpose.h"

namespace magpie::bench {
namespace {

constexpr unsigned kThreads = 2;

std::string name_of(const char* model, std::initializer_list<std::pair<const char*, double>> parameters) {
  std::ostringstream name;
  name << model;
  for (const auto& [parameter, value] : parameters) name << ' ' << parameter << '=' << value;
  return name.str();
}

LinearAutoencoderParameters linear_parameters(double regularization, double row_exponent) {
  LinearAutoencoderParameters parameters;
  parameters.regularization = static_cast<float>(regularization);
  parameters.user_exponent = static_cast<float>(row_exponent);
  parameters.item_exponent = 0.25F;
  parameters.popularity_exponent = 0.25F;
  parameters.threads = kThreads;
  return parameters;
}

BlendedModel linear(double weight, double regularization, double user_exponent) {
  const auto parameters = linear_parameters(regularization, user_exponent);
  return {name_of("linear autoencoder", {{"lambda", regularization}, {"a", user_exponent}}), weight,
          [=](const SparseMatrix& train) { return train_autoencoder(train, parameters); }};
}

// Scores of all items (rows) for all users (columns), read the other way round.
Matrix scores_of_users(const Matrix& of_items, std::span<const std::uint32_t> users) {
  Matrix scores(users.size(), of_items.rows);
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::span<float> row = scores.row(i);
    for (std::size_t item = 0; item < of_items.rows; ++item) row[item] = of_items.row(item)[users[i]];
  }
  return scores;
}

// The same regression between users: an item's audience from that of its like-minded.
BlendedModel linear_between_users(double weight, double regularization, double item_exponent) {
  const auto parameters = linear_parameters(regularization, item_exponent);
  return {name_of("linear autoencoder between users", {{"lambda", regularization}, {"a", item_exponent}}), weight,
          [=](const SparseMatrix& train) -> Result<ScoringModel> {
            MAGPIE_ASSIGN_OR_RETURN(const auto model, train_autoencoder(transpose(train), parameters));
            std::vector<std::uint32_t> items(train.columns);
            std::iota(items.begin(), items.end(), 0U);
            auto of_items = std::make_shared<const Matrix>(model.scores(items));
            return ScoringModel{model.name, model.train_seconds, [of_items](std::span<const std::uint32_t> users) {
                                  return scores_of_users(*of_items, users);
                                }};
          }};
}

BlendedModel als(double weight, std::size_t factors, double unobserved, double regularization) {
  WeightedAls how;
  how.parameters.factors = factors;
  how.parameters.threads = kThreads;
  how.parameters = with_unobserved_weight(how.parameters, unobserved, regularization, 1);
  return {name_of("als", {{"f", static_cast<double>(factors)}, {"alpha0", unobserved}, {"reg", regularization}}),
          weight, [=](const SparseMatrix& train) { return Result<ScoringModel>(train_factors(train, how)); }};
}

BlendedModel denoising(double weight, std::size_t hidden, double corruption, std::uint64_t seed) {
  DenoisingAutoencoderParameters parameters;
  parameters.hidden = hidden;
  parameters.corruption = corruption;
  parameters.seed = seed;
  parameters.threads = kThreads;
  return {name_of("denoising autoencoder",
                  {{"h", static_cast<double>(hidden)}, {"drop", corruption}, {"seed", static_cast<double>(seed)}}),
          weight, [=](const SparseMatrix& train) { return Result<ScoringModel>(train_denoising(train, parameters)); }};
}

}  // namespace

std::vector<BlendedModel> ml_1m_ncf_blend() {
  return {linear(1, 3, 0.2),      linear_between_users(1, 3, 0.25), als(1, 64, 0.1, 0.01),
          als(1, 128, 0.1, 0.01), denoising(1.5, 256, 0.5, 1),      denoising(1.5, 256, 0.5, 2)};
}

std::vector<BlendedModel> ml_1m_ncf_grid() {
  std::vector<BlendedModel> grid;
  for (const double exponent : {0.2, 0.25, 0.5}) {
    for (const double regularization : {1.0, 3.0, 10.0}) {
      grid.push_back(linear(0, regularization, exponent));
      grid.push_back(linear_between_users(0, regularization, exponent));
    }
  }
  for (const double regularization : {0.003, 0.01, 0.03}) grid.push_back(als(0, 64, 0.1, regularization));
  for (const double unobserved : {0.05, 0.2, 0.4}) grid.push_back(als(0, 64, unobserved, 0.01));
  for (const std::size_t factors : {32U, 128U, 256U}) grid.push_back(als(0, factors, 0.1, 0.01));
  return grid;
}

}  // namespace magpie::bench

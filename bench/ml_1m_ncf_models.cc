#include "ml_1m_ncf_models.h"

#include <initializer_list>
#include <sstream>
#include <utility>

#include "als_parameters.h"

namespace magpie::bench {
namespace {

constexpr unsigned kThreads = 2;

std::string name_of(const char* model, std::initializer_list<std::pair<const char*, double>> parameters) {
  std::ostringstream name;
  name << model;
  for (const auto& [parameter, value] : parameters) name << ' ' << parameter << '=' << value;
  return name.str();
}

// In all of them popular items weigh less: an interaction counts popularity^-weight_exponent.
BlendedModel linear(double weight, double regularization, double user_exponent, float weight_exponent) {
  LinearAutoencoderParameters parameters;
  parameters.regularization = static_cast<float>(regularization);
  parameters.user_exponent = static_cast<float>(user_exponent);
  parameters.item_exponent = 0.25F;
  parameters.popularity_exponent = 0.25F;
  parameters.threads = kThreads;
  return {name_of("linear autoencoder", {{"lambda", regularization}, {"a", user_exponent}, {"w", weight_exponent}}),
          weight, [=](const SparseMatrix& train) {
            return train_autoencoder(weigh_by_degree(train, 0, weight_exponent), parameters);
          }};
}

BlendedModel als(double weight, std::size_t factors, double unobserved, double regularization, float weight_exponent) {
  WeightedAls how{.item_exponent = weight_exponent, .parameters = {}};
  how.parameters.factors = factors;
  how.parameters.threads = kThreads;
  how.parameters = with_unobserved_weight(how.parameters, unobserved, regularization, 1);
  return {name_of("als", {{"f", static_cast<double>(factors)},
                          {"alpha0", unobserved},
                          {"reg", regularization},
                          {"w", weight_exponent}}),
          weight, [=](const SparseMatrix& train) { return Result<ScoringModel>(train_factors(train, how)); }};
}

BlendedModel denoising(double weight, std::size_t hidden, double corruption, std::uint64_t seed,
                       float weight_exponent) {
  DenoisingAutoencoderParameters parameters;
  parameters.hidden = hidden;
  parameters.corruption = corruption;
  parameters.seed = seed;
  parameters.threads = kThreads;
  return {name_of("denoising autoencoder", {{"h", static_cast<double>(hidden)},
                                            {"drop", corruption},
                                            {"seed", static_cast<double>(seed)},
                                            {"w", weight_exponent}}),
          weight, [=](const SparseMatrix& train) {
            return Result<ScoringModel>(train_denoising(weigh_by_degree(train, 0, weight_exponent), parameters));
          }};
}

}  // namespace

std::vector<BlendedModel> ml_1m_ncf_blend() {
  return {linear(0.5, 10, 0.2, 0.4F), als(0.5, 64, 0.1, 0.01, 0.4F), als(0.4, 128, 0.1, 0.01, 0.4F),
          denoising(0.9, 256, 0.5, 1, 0.2F), denoising(0.4, 256, 0.5, 2, 0.4F)};
}

std::vector<BlendedModel> ml_1m_ncf_grid() {
  std::vector<BlendedModel> grid;
  for (const float exponent : {0.0F, 0.2F, 0.4F}) {
    for (const double user_exponent : {0.2, 0.5}) {
      for (const double regularization : {1.0, 3.0, 10.0}) {
        grid.push_back(linear(0, regularization, user_exponent, exponent));
      }
    }
    for (const double regularization : {0.003, 0.01, 0.03}) grid.push_back(als(0, 64, 0.1, regularization, exponent));
  }
  for (const double unobserved : {0.05, 0.2, 0.4}) grid.push_back(als(0, 64, unobserved, 0.01, 0.4F));
  for (const std::size_t factors : {32U, 128U, 256U}) grid.push_back(als(0, factors, 0.1, 0.01, 0.4F));
  return grid;
}

}  // namespace magpie::bench

#include "kernels/embedding_code.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

namespace magpie {
namespace {

// All 0 where the vector is.
std::vector<float> unit(std::span<const float> vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * static_cast<double>(value);
  std::vector<float> result(vector.begin(), vector.end());
  if (squares == 0) return result;
  for (float& value : result) value = static_cast<float>(static_cast<double>(value) / std::sqrt(squares));
  return result;
}

// The dimension of at least half of the items, or 0.
std::size_t common_dimension(std::span<const Item* const> items) {
  std::map<std::size_t, std::size_t> counts;
  for (const Item* item : items) ++counts[item->embedding.size()];
  for (const auto& [dimension, count] : counts) {
    if (dimension > 0 && 2 * count >= items.size()) return dimension;
  }
  return 0;
}

// The dimensions with the largest magnitudes, ascending.
std::vector<std::uint32_t> largest_coordinates(const std::vector<float>& vector) {
  std::vector<std::uint32_t> order(vector.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t kept = std::min(kCodedCoordinates, order.size());
  const auto larger = [&vector](std::uint32_t a, std::uint32_t b) {
    const float left = std::abs(vector[a]);
    const float right = std::abs(vector[b]);
    return left != right ? left > right : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), larger);
  order.resize(kept);
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace

std::vector<float> mean_embedding(std::span<const Item* const> items) {
  const std::size_t dimension = common_dimension(items);
  std::vector<double> sum(dimension);
  double count = 0;
  for (const Item* item : items) {
    if (dimension == 0 || item->embedding.size() != dimension) continue;
    const std::vector<float> vector = unit(item->embedding);
    for (std::size_t i = 0; i < dimension; ++i) sum[i] += static_cast<double>(vector[i]);
    ++count;
  }
  std::vector<float> mean;
  for (const double value : sum) mean.push_back(static_cast<float>(value / count));
  return mean;
}

std::vector<std::string> embedding_terms(std::size_t dimensions) {
  std::vector<std::string> terms;
  for (std::size_t dimension = 0; dimension < dimensions; ++dimension) {
    char number[24];
    std::snprintf(number, sizeof number, "%04zu", dimension);
    for (const char* sign : {"+", "-"}) terms.push_back(std::string(kEmbeddingTermPrefix) + number + sign);
  }
  return terms;
}

SparseVector embedding_code(std::span<const float> embedding, std::span<const float> mean, std::uint32_t first) {
  SparseVector code;
  if (mean.empty() || embedding.size() != mean.size()) return code;
  std::vector<float> centred = unit(embedding);
  for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= mean[i];
  for (const std::uint32_t dimension : largest_coordinates(centred)) {
    if (centred[dimension] == 0) continue;
    code.indices.push_back(first + 2 * dimension + (centred[dimension] < 0 ? 1U : 0U));
    code.values.push_back(std::abs(centred[dimension]));
  }
  scale_to_unit_length(code);
  return code;
}

}  // namespace magpie

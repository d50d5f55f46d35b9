// Exact search over a copy of the rows, for tests: obeys the contract of ports/vector_index.h.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ports/vector_index.h"

namespace magpie::fakes {

class InMemoryVectorIndex final : public VectorIndex {
 public:
  explicit InMemoryVectorIndex(Matrix rows) : rows_(std::move(rows)) {}

  [[nodiscard]] std::size_t size() const override { return rows_.rows; }
  [[nodiscard]] std::size_t dimensions() const override { return rows_.columns; }

  [[nodiscard]] Result<std::vector<Neighbour>> search(std::span<const float> query, std::size_t k) const override {
    if (query.size() != rows_.columns) return invalid_argument("query", "has the wrong number of dimensions");
    std::vector<Neighbour> found;
    for (std::size_t row = 0; row < rows_.rows; ++row) {
      const std::span<const float> values = rows_.row(row);
      found.push_back(
          {static_cast<std::uint32_t>(row), std::inner_product(values.begin(), values.end(), query.begin(), 0.0F)});
    }
    std::sort(found.begin(), found.end(), [](const Neighbour& a, const Neighbour& b) {
      return std::tie(b.similarity, a.row) < std::tie(a.similarity, b.row);
    });
    found.resize(std::min(k, found.size()));
    return found;
  }

  // rows, columns (8 bytes each), then the floats, all in the machine's order.
  [[nodiscard]] Result<std::string> serialize() const override {
    const std::uint64_t shape[] = {rows_.rows, rows_.columns};
    std::string bytes(sizeof(shape) + rows_.values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), shape, sizeof(shape));
    std::memcpy(bytes.data() + sizeof(shape), rows_.values.data(), rows_.values.size() * sizeof(float));
    return bytes;
  }

 private:
  Matrix rows_;
};

class InMemoryVectorIndexFactory final : public VectorIndexFactory {
 public:
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override {
    return std::unique_ptr<VectorIndex>(std::make_unique<InMemoryVectorIndex>(rows));
  }

  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override {
    std::uint64_t shape[2];
    if (bytes.size() < sizeof(shape)) return data_loss("the index is cut off");
    std::memcpy(shape, bytes.data(), sizeof(shape));
    const std::size_t floats = (bytes.size() - sizeof(shape)) / sizeof(float);
    if (bytes.size() % sizeof(float) != 0 || shape[0] > floats || shape[0] * shape[1] != floats) {
      return data_loss("the index has the wrong size");
    }
    Matrix rows(shape[0], shape[1]);
    std::memcpy(rows.values.data(), bytes.data() + sizeof(shape), floats * sizeof(float));
    return build(rows);
  }

  [[nodiscard]] std::string describe() const override { return "exact, in memory"; }
};

}  // namespace magpie::fakes

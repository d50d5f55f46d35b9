// VectorIndex: the nearest rows of a matrix by inner product, exactly or nearly.
//
// search() is thread-safe; an index is immutable once built. Errors: kInvalidArgument (dimensions), kDataLoss (bytes).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/matrix.h"

namespace magpie {

struct Neighbour {
  std::uint32_t row = 0;
  float similarity = 0;  // Inner product; cosine where the rows have unit length.
};

class VectorIndex {
 public:
  VectorIndex() = default;
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;
  virtual ~VectorIndex() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::size_t dimensions() const = 0;
  // At most k rows, by descending similarity, ties by ascending row.
  [[nodiscard]] virtual Result<std::vector<Neighbour>> search(std::span<const float> query, std::size_t k) const = 0;
  [[nodiscard]] virtual Result<std::string> serialize() const = 0;
};

class VectorIndexFactory {
 public:
  VectorIndexFactory() = default;
  VectorIndexFactory(const VectorIndexFactory&) = delete;
  VectorIndexFactory& operator=(const VectorIndexFactory&) = delete;
  virtual ~VectorIndexFactory() = default;

  [[nodiscard]] virtual Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const = 0;
  // For logs and `magpie inspect model`: "hnsw (avx512)".
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace magpie

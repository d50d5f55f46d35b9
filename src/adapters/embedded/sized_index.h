// SizedIndexFactory: exact where there are few rows, approximate where there are many. The stored bytes say which.
// Stored form: docs/formats/vector_index.md. Thread-safety: ports/vector_index.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ports/vector_index.h"

namespace magpie::embedded {

class SizedIndexFactory final : public VectorIndexFactory {
 public:
  // `exact` below `threshold` rows, else `approximate`. Both outlive this and are called only when needed.
  SizedIndexFactory(const VectorIndexFactory& exact, const VectorIndexFactory& approximate, std::size_t threshold)
      : exact_(exact), approximate_(approximate), threshold_(threshold) {}

  // Where `approximate` cannot work on this machine (kFailedPrecondition), the index is exact: slower, never wrong.
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override;
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  const VectorIndexFactory& exact_;
  const VectorIndexFactory& approximate_;
  const std::size_t threshold_;
};

}  // namespace magpie::embedded

// ExactIndex: nearest rows by comparing with every row. Exact, no build time; the right choice up to some tens of
// thousands of rows, and the oracle of the approximate indexes.
// Stored form: docs/formats/vector_index.md. Thread-safety: ports/vector_index.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ports/vector_index.h"

namespace magpie::embedded {

class ExactIndexFactory final : public VectorIndexFactory {
 public:
  // Copies the rows. kInvalidArgument: a value that is not finite.
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override;
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override;
  [[nodiscard]] std::string describe() const override { return "exact"; }
};

}  // namespace magpie::embedded

// HnswIndex: a navigable small-world graph over rows in half precision, by FAISS (docs/formats/hnsw_index.md).
//
// Building is deterministic: one thread, FAISS's fixed seed. Part of the plugins only: this header and its source are
// compiled once an instruction set.
// Thread-safety and errors: ports/vector_index.h. Similarities are those of the half precision rows: off by up to 1e-3
// of their size.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/faiss/hnsw_settings.h"
#include "ports/vector_index.h"

namespace magpie::faiss_ann {

class HnswFactory final : public VectorIndexFactory {
 public:
  HnswFactory(const HnswSettings& settings, std::string_view instruction_set)
      : settings_(settings), instruction_set_(instruction_set) {}

  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override;
  // Damage is found by a checksum before FAISS sees the bytes, which trusts what it reads.
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override;
  [[nodiscard]] std::string describe() const override { return "hnsw (" + instruction_set_ + ")"; }

 private:
  HnswSettings settings_;
  std::string instruction_set_;
};

}  // namespace magpie::faiss_ann

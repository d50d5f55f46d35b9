// LazyFactory: loads the plugin when the first index is built or loaded, so that a process with a small catalogue never
// carries FAISS and OpenBLAS.
// Thread-safe. Errors: as load_factory, at every call until loading succeeds, and as ports/vector_index.h.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "adapters/faiss/plugin_loader.h"

namespace magpie::faiss_ann {

class LazyFactory final : public VectorIndexFactory {
 public:
  explicit LazyFactory(HnswSettings settings = {}, std::filesystem::path directory = plugin_directory());

  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> build(const Matrix& rows) const override;
  [[nodiscard]] Result<std::unique_ptr<VectorIndex>> load(std::string_view bytes) const override;
  // "hnsw (not loaded)" before the first use.
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] Result<const VectorIndexFactory*> loaded() const;

  const HnswSettings settings_;
  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<VectorIndexFactory> factory_;  // Set once, under mutex_.
};

}  // namespace magpie::faiss_ann

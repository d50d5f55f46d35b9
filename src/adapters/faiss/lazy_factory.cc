#include "adapters/faiss/lazy_factory.h"

#include <utility>

namespace magpie::faiss_ann {

LazyFactory::LazyFactory(HnswSettings settings, std::filesystem::path directory)
    : settings_(settings), directory_(std::move(directory)) {}

Result<std::unique_ptr<VectorIndex>> LazyFactory::build(const Matrix& rows) const {
  MAGPIE_ASSIGN_OR_RETURN(const VectorIndexFactory* const factory, loaded());
  return factory->build(rows);
}

Result<std::unique_ptr<VectorIndex>> LazyFactory::load(std::string_view bytes) const {
  MAGPIE_ASSIGN_OR_RETURN(const VectorIndexFactory* const factory, loaded());
  return factory->load(bytes);
}

std::string LazyFactory::describe() const {
  const std::lock_guard lock(mutex_);
  return factory_ ? factory_->describe() : "hnsw (not loaded)";
}

Result<const VectorIndexFactory*> LazyFactory::loaded() const {
  const std::lock_guard lock(mutex_);
  if (factory_) return factory_.get();
  MAGPIE_ASSIGN_OR_RETURN(factory_, load_factory(directory_, settings_));
  return factory_.get();
}

}  // namespace magpie::faiss_ann

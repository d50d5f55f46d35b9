#include "adapters/faiss/hnsw_plugin.h"

#include <new>

#include "adapters/faiss/hnsw_index.h"

extern "C" __attribute__((visibility("default"))) bool magpie_ann_create_factory(
    std::uint32_t version, const char* set, const magpie::faiss_ann::HnswSettings& settings,
    std::unique_ptr<magpie::VectorIndexFactory>& factory) noexcept {
  if (version != magpie::faiss_ann::kPluginVersion) return false;
  factory.reset(new (std::nothrow) magpie::faiss_ann::HnswFactory(settings, set));
  return factory != nullptr;
}

// ModelStore: immutable model versions 1, 2, ... and which one is in production.
//
// A version is visible whole or not at all: it appears by one atomic step after all of its bytes are durable. A damaged
// one is refused by name and never served.
// Thread-safe. Errors: kNotFound, kDataLoss (checksum or shape: keep what is loaded), kUnavailable (retry).
#pragma once

#include <vector>

#include "base/status.h"
#include "model/trained_model.h"

namespace magpie {

struct StoredModel {
  ModelInfo info;
  ModelArtifacts artifacts;
};

class ModelStore {
 public:
  ModelStore() = default;
  ModelStore(const ModelStore&) = delete;
  ModelStore& operator=(const ModelStore&) = delete;
  virtual ~ModelStore() = default;

  // Takes the next free version (info.version is ignored), writes it, and returns it. Does not put it in production.
  [[nodiscard]] virtual Result<ModelVersion> publish(const ModelInfo& info, const ModelArtifacts& artifacts) = 0;
  // kNotFound where nothing is in production yet.
  [[nodiscard]] virtual Result<ModelVersion> production() = 0;
  [[nodiscard]] virtual Status promote(ModelVersion version) = 0;
  // Verifies every checksum.
  [[nodiscard]] virtual Result<StoredModel> load(ModelVersion version) = 0;
  // Manifests of the intact versions, ascending.
  [[nodiscard]] virtual Result<std::vector<ModelInfo>> list() = 0;
  // Removes the oldest versions beyond `keep`, never the one in production.
  [[nodiscard]] virtual Status retain(std::size_t keep) = 0;
};

}  // namespace magpie

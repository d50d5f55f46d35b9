// ModelStore: immutable model versions 1, 2, ..., and the aliases that give a version its role.
//
// A version is visible whole or not at all: it appears by one atomic step after all of its bytes are durable. A damaged
// one is refused by name and never served. All aliases change in one atomic, durable step, and name only versions that
// were verified whole when they were named.
// Thread-safe. Errors: kNotFound, kDataLoss (checksum or shape: keep what is loaded), kUnavailable (retry).
#pragma once

#include <functional>
#include <vector>

#include "base/status.h"
#include "model/model_aliases.h"
#include "model/trained_model.h"

namespace magpie {

struct StoredModel {
  ModelInfo info;
  ModelArtifacts artifacts;
};

// From the aliases as they are to what they should be, or why not. Pure: it may be called more than once.
using AliasChange = std::function<Result<ModelAliases>(const ModelAliases& current)>;

class ModelStore {
 public:
  ModelStore() = default;
  ModelStore(const ModelStore&) = delete;
  ModelStore& operator=(const ModelStore&) = delete;
  virtual ~ModelStore() = default;

  // Takes the next free version (info.version is ignored), writes it, and returns it. Gives it no role.
  [[nodiscard]] virtual Result<ModelVersion> publish(const ModelInfo& info, const ModelArtifacts& artifacts) = 0;
  // Verifies every checksum.
  [[nodiscard]] virtual Result<StoredModel> load(ModelVersion version) = 0;
  // Manifests of the intact versions, ascending.
  [[nodiscard]] virtual Result<std::vector<ModelInfo>> list() = 0;
  // Removes the oldest versions beyond `keep`, never one that has a role.
  [[nodiscard]] virtual Status retain(std::size_t keep) = 0;

  // Empty where nothing has a role yet.
  [[nodiscard]] virtual Result<ModelAliases> aliases() = 0;
  // Replaces the aliases by what `change` makes of them; changes of several callers come one after the other. An error
  // of `change` is passed on. A version that gets production or the canary's role is verified first: kNotFound or
  // kDataLoss where it is missing or damaged. On any error the aliases stay as they were.
  [[nodiscard]] virtual Status update_aliases(const AliasChange& change) = 0;

  // kNotFound where nothing is in production yet.
  [[nodiscard]] Result<ModelVersion> production() {
    MAGPIE_ASSIGN_OR_RETURN(const ModelAliases current, aliases());
    if (!current.production) return not_found("no model is in production");
    return *current.production;
  }
  [[nodiscard]] Status promote(ModelVersion version) {
    return update_aliases([version](const ModelAliases& current) { return promoted(current, version); });
  }
};

}  // namespace magpie

// Model versions in memory, for tests: obeys the contract of ports/model_store.h, except that nothing survives it.
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ports/model_store.h"

namespace magpie::fakes {

class InMemoryModelStore final : public ModelStore {
 public:
  [[nodiscard]] Result<ModelVersion> publish(const ModelInfo& info, const ModelArtifacts& artifacts) override {
    const std::lock_guard lock(mutex_);
    const ModelVersion version{++newest_};
    StoredModel stored{info, artifacts};
    stored.info.version = version;
    models_.emplace(version, std::move(stored));
    return version;
  }

  [[nodiscard]] Result<StoredModel> load(ModelVersion version) override {
    const std::lock_guard lock(mutex_);
    const auto found = models_.find(version);
    if (found == models_.end()) return lacking(version);
    return found->second;
  }

  [[nodiscard]] Result<std::vector<ModelInfo>> list() override {
    const std::lock_guard lock(mutex_);
    std::vector<ModelInfo> infos;
    for (const auto& [version, stored] : models_) infos.push_back(stored.info);
    return infos;
  }

  [[nodiscard]] Status retain(std::size_t keep) override {
    const std::lock_guard lock(mutex_);
    std::size_t beyond = models_.size() - std::min(keep, models_.size());
    for (auto oldest = models_.begin(); beyond > 0; --beyond) {
      oldest = aliases_.holds(oldest->first) ? std::next(oldest) : models_.erase(oldest);
    }
    return ok_status();
  }

  [[nodiscard]] Result<ModelAliases> aliases() override {
    const std::lock_guard lock(mutex_);
    return aliases_;
  }

  [[nodiscard]] Status update_aliases(const AliasChange& change) override {
    const std::lock_guard lock(mutex_);
    MAGPIE_ASSIGN_OR_RETURN(ModelAliases after, change(aliases_));
    MAGPIE_RETURN_IF_ERROR(validate(after));
    if (after.production && !models_.contains(*after.production)) return lacking(*after.production);
    if (after.canary && !models_.contains(after.canary->version)) return lacking(after.canary->version);
    aliases_ = std::move(after);
    return ok_status();
  }

 private:
  static Error lacking(ModelVersion version) { return not_found("no model version " + std::to_string(version.get())); }

  std::mutex mutex_;
  std::uint64_t newest_ = 0;  // A number is never given twice.
  std::map<ModelVersion, StoredModel> models_;
  ModelAliases aliases_;
};

}  // namespace magpie::fakes

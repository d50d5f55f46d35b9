// DirectoryModelStore: model versions as directories, v000001/ with its artifacts and manifest.json; the file
// aliases.json says which has a role (docs/formats/model_directory.md).
//
// A version is written into a hidden directory, synced, and appears by one rename. list() checks manifests and the
// sizes of the files; load() checks every byte. Thread-safe; between processes for publications and readers only: what
// changes aliases, and open(), which removes what an interrupted publication left, are for the owner of the data
// directory.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "ports/model_store.h"

namespace magpie::embedded {

struct ModelManifest;

class DirectoryModelStore final : public ModelStore {
 public:
  // Creates the directory where there is none.
  [[nodiscard]] static Result<std::unique_ptr<DirectoryModelStore>> open(const std::filesystem::path& directory);

  // kInvalidArgument: a name of an artifact that is no plain file name; a metric that is not finite.
  [[nodiscard]] Result<ModelVersion> publish(const ModelInfo& info, const ModelArtifacts& artifacts) override;
  [[nodiscard]] Result<StoredModel> load(ModelVersion version) override;
  [[nodiscard]] Result<std::vector<ModelInfo>> list() override;
  // The newest version always stays, so that its number is never given again.
  [[nodiscard]] Status retain(std::size_t keep) override;
  [[nodiscard]] Result<ModelAliases> aliases() override;
  [[nodiscard]] Status update_aliases(const AliasChange& change) override;

 private:
  explicit DirectoryModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  [[nodiscard]] std::filesystem::path path_of(ModelVersion version) const;
  // Every version that has a directory, intact or not, ascending.
  [[nodiscard]] Result<std::vector<ModelVersion>> versions() const;
  [[nodiscard]] Result<ModelManifest> read_manifest(ModelVersion version) const;
  // Every byte, an artifact at a time.
  [[nodiscard]] Status verify(ModelVersion version) const;
  [[nodiscard]] Status verify_placed(const ModelAliases& before, const ModelAliases& after) const;
  [[nodiscard]] Status remove_version(ModelVersion version) const;

  const std::filesystem::path directory_;
  std::mutex write_mutex_;  // One publication, change of aliases or removal at a time.
};

}  // namespace magpie::embedded

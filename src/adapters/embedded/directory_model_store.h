// DirectoryModelStore: model versions as directories, v000001/ with its artifacts and manifest.json; the file
// `production` names the version in force (docs/formats/model_directory.md).
//
// A version is written into a hidden directory, synced, and appears by one rename. list() checks manifests and the
// sizes of the files; load() checks every byte. Thread-safe, also between processes but for the removal of what an
// interrupted publication left, which open() does: the owner of the data directory calls it.
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
  [[nodiscard]] Result<ModelVersion> production() override;
  [[nodiscard]] Status promote(ModelVersion version) override;
  [[nodiscard]] Result<StoredModel> load(ModelVersion version) override;
  [[nodiscard]] Result<std::vector<ModelInfo>> list() override;
  // The newest version always stays, so that its number is never given again.
  [[nodiscard]] Status retain(std::size_t keep) override;

 private:
  explicit DirectoryModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  [[nodiscard]] std::filesystem::path path_of(ModelVersion version) const;
  // Every version that has a directory, intact or not, ascending.
  [[nodiscard]] Result<std::vector<ModelVersion>> versions() const;
  [[nodiscard]] Result<ModelManifest> read_manifest(ModelVersion version) const;
  [[nodiscard]] Status remove_version(ModelVersion version) const;

  const std::filesystem::path directory_;
  std::mutex write_mutex_;  // One publication, promotion or removal at a time.
};

}  // namespace magpie::embedded

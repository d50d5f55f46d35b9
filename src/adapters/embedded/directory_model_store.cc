#include "adapters/embedded/directory_model_store.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "adapters/embedded/model_manifest.h"
#include "base/file.h"
#include "base/hash.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinishedPrefix = ".unfinished-";
constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kProduction = "production";
constexpr std::size_t kMaxManifestBytes = 16 << 20;
constexpr std::size_t kMaxAliasBytes = 64;

std::string name_of(ModelVersion version) {
  const std::string digits = std::to_string(version.get());
  return "v" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

std::optional<ModelVersion> parse_name(std::string_view name) {
  if (!name.starts_with('v')) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (error != std::errc() || number == 0 || name_of(ModelVersion(number)) != name) return std::nullopt;
  return ModelVersion(number);
}

Result<std::vector<std::string>> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return unavailable("cannot list " + directory.string() + ": " + error.message());
  return names;
}

Status remove_unfinished(const fs::path& directory) {
  MAGPIE_ASSIGN_OR_RETURN(const auto names, names_in(directory));
  for (const auto& name : names) {
    if (name.starts_with(kUnfinishedPrefix)) MAGPIE_RETURN_IF_ERROR(magpie::remove_all(directory / name));
  }
  return ok_status();
}

// A hidden directory that is removed at the end, unless it was renamed by then.
class UnfinishedVersion {
 public:
  static Result<UnfinishedVersion> create(const fs::path& parent) {
    std::string pattern = (parent / (std::string(kUnfinishedPrefix) + "XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return resource_exhausted("cannot create " + pattern + ": " + std::generic_category().message(errno));
    }
    return UnfinishedVersion(pattern);
  }
  UnfinishedVersion(UnfinishedVersion&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  UnfinishedVersion& operator=(UnfinishedVersion&&) = delete;
  ~UnfinishedVersion() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }
  // False where another publication took the name first.
  [[nodiscard]] Result<bool> rename_to(const fs::path& name) {
    std::error_code error;
    fs::rename(path_, name, error);
    if (error == std::errc::directory_not_empty || error == std::errc::file_exists) return false;
    if (error) return unavailable("cannot create " + name.string() + ": " + error.message());
    path_.clear();
    return true;
  }

 private:
  explicit UnfinishedVersion(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Status write_artifacts(const fs::path& directory, const ModelArtifacts& artifacts) {
  for (const auto& [name, bytes] : artifacts) MAGPIE_RETURN_IF_ERROR(write_file_atomically(directory / name, bytes));
  return ok_status();
}

Result<std::string> read_artifact(const fs::path& path, const ArtifactEntry& entry) {
  auto bytes = read_file(path);
  if (!bytes.ok()) {
    const bool missing = bytes.error().code() == ErrorCode::kNotFound;
    return missing ? data_loss(path.string() + " is missing") : bytes.error();
  }
  if (bytes->size() != entry.bytes) {
    return data_loss(path.string() + " has " + std::to_string(bytes->size()) + " bytes instead of " +
                     std::to_string(entry.bytes));
  }
  if (checksum128(*bytes) != entry.checksum) return data_loss("the checksum of " + path.string() + " is wrong");
  return bytes;
}

bool sizes_agree(const fs::path& directory, const ModelManifest& manifest) {
  return std::ranges::all_of(manifest.artifacts, [&](const auto& artifact) {
    std::error_code error;
    return fs::file_size(directory / artifact.first, error) == artifact.second.bytes && !error;
  });
}

}  // namespace

Result<std::unique_ptr<DirectoryModelStore>> DirectoryModelStore::open(const fs::path& directory) {
  MAGPIE_RETURN_IF_ERROR(magpie::create_directories(directory));
  MAGPIE_RETURN_IF_ERROR(remove_unfinished(directory));
  return std::unique_ptr<DirectoryModelStore>(new DirectoryModelStore(directory));
}

fs::path DirectoryModelStore::path_of(ModelVersion version) const { return directory_ / name_of(version); }

Result<std::vector<ModelVersion>> DirectoryModelStore::versions() const {
  MAGPIE_ASSIGN_OR_RETURN(const auto names, names_in(directory_));
  std::vector<ModelVersion> versions;
  for (const auto& name : names) {
    if (const auto version = parse_name(name)) versions.push_back(*version);
  }
  std::ranges::sort(versions);
  return versions;
}

Result<ModelVersion> DirectoryModelStore::publish(const ModelInfo& info, const ModelArtifacts& artifacts) {
  MAGPIE_ASSIGN_OR_RETURN(auto manifest, make_model_manifest(info, artifacts));
  const std::lock_guard lock(write_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(auto unfinished, UnfinishedVersion::create(directory_));
  MAGPIE_RETURN_IF_ERROR(write_artifacts(unfinished.path(), artifacts));
  MAGPIE_ASSIGN_OR_RETURN(const auto taken, versions());
  manifest.info.version = taken.empty() ? ModelVersion(0) : taken.back();
  bool published = false;
  while (!published) {
    manifest.info.version = ModelVersion(manifest.info.version.get() + 1);
    MAGPIE_ASSIGN_OR_RETURN(const auto text, encode_model_manifest(manifest));
    MAGPIE_RETURN_IF_ERROR(write_file_atomically(unfinished.path() / kManifest, text));
    MAGPIE_ASSIGN_OR_RETURN(published, unfinished.rename_to(path_of(manifest.info.version)));
  }
  MAGPIE_RETURN_IF_ERROR(sync_directory(directory_));
  return manifest.info.version;
}

Result<ModelVersion> DirectoryModelStore::production() {
  auto text = read_file(directory_ / kProduction, kMaxAliasBytes);
  if (!text.ok()) {
    if (text.error().code() == ErrorCode::kNotFound) return not_found("no model is in production");
    return text.error();
  }
  if (!text->ends_with('\n')) return data_loss("the file of the version in production is damaged");
  text->pop_back();
  const auto version = parse_name(*text);
  if (!version) return data_loss("the file of the version in production is damaged");
  return *version;
}

Status DirectoryModelStore::promote(ModelVersion version) {
  const std::lock_guard lock(write_mutex_);
  MAGPIE_RETURN_IF_ERROR(read_manifest(version));
  return write_file_atomically(directory_ / kProduction, name_of(version) + "\n");
}

Result<ModelManifest> DirectoryModelStore::read_manifest(ModelVersion version) const {
  const fs::path directory = path_of(version);
  std::error_code error;
  if (!fs::exists(directory, error)) return not_found("no model version " + std::to_string(version.get()));
  const auto text = read_file(directory / kManifest, kMaxManifestBytes);
  if (!text.ok()) {
    const bool missing = text.error().code() == ErrorCode::kNotFound;
    return missing ? data_loss((directory / kManifest).string() + " is missing") : text.error();
  }
  auto manifest = decode_model_manifest(*text);
  if (!manifest.ok()) return Error(manifest.error().code(), directory.string() + ": " + manifest.error().message());
  if (manifest->info.version != version) return data_loss(directory.string() + " holds another version's manifest");
  return manifest;
}

Result<StoredModel> DirectoryModelStore::load(ModelVersion version) {
  MAGPIE_ASSIGN_OR_RETURN(auto manifest, read_manifest(version));
  StoredModel model{std::move(manifest.info), {}};
  for (const auto& [name, entry] : manifest.artifacts) {
    MAGPIE_ASSIGN_OR_RETURN(model.artifacts[name], read_artifact(path_of(version) / name, entry));
  }
  return model;
}

Result<std::vector<ModelInfo>> DirectoryModelStore::list() {
  MAGPIE_ASSIGN_OR_RETURN(const auto all, versions());
  std::vector<ModelInfo> infos;
  for (const auto version : all) {
    auto manifest = read_manifest(version);
    if (manifest.ok() && sizes_agree(path_of(version), *manifest)) infos.push_back(std::move(manifest->info));
  }
  return infos;
}

Status DirectoryModelStore::retain(std::size_t keep) {
  const std::lock_guard lock(write_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(auto all, versions());
  const auto in_production = production();
  if (!in_production.ok() && in_production.error().code() != ErrorCode::kNotFound) return in_production.error();
  const std::size_t kept = std::min(all.size(), std::max<std::size_t>(keep, 1));
  all.resize(all.size() - kept);
  for (const auto version : all) {
    if (!in_production.ok() || version != *in_production) MAGPIE_RETURN_IF_ERROR(remove_version(version));
  }
  return ok_status();
}

// Hidden first, so that a half-removed version is never seen as a damaged one.
Status DirectoryModelStore::remove_version(ModelVersion version) const {
  const fs::path hidden = directory_ / (std::string(kUnfinishedPrefix) + name_of(version));
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(hidden));
  MAGPIE_RETURN_IF_ERROR(rename_durably(path_of(version), hidden));
  return magpie::remove_all(hidden);
}

}  // namespace magpie::embedded

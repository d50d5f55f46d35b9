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

#include "adapters/embedded/model_aliases_file.h"
#include "adapters/embedded/model_manifest.h"
#include "base/file.h"
#include "base/hash.h"

namespace magpie::embedded {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinishedPrefix = ".unfinished-";
constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kAliases = "aliases.json";
constexpr std::string_view kProduction = "production";  // What said so before there were aliases.
constexpr std::size_t kMaxManifestBytes = 16 << 20;
constexpr std::size_t kMaxAliasBytes = 64 << 10;

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

// The file of one version's name that a directory had before there were aliases.
Result<ModelAliases> read_former_production(const fs::path& path) {
  auto text = read_file(path, kMaxAliasBytes);
  if (!text.ok())
    return text.error().code() == ErrorCode::kNotFound ? ModelAliases() : Result<ModelAliases>(text.error());
  const bool whole = text->ends_with('\n');
  if (whole) text->pop_back();
  const auto version = parse_name(*text);
  if (!whole || !version) return data_loss("the file of the version in production is damaged: " + path.string());
  return promoted({}, *version);
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
  MAGPIE_ASSIGN_OR_RETURN(const ModelAliases current, aliases());
  const std::size_t kept = std::min(all.size(), std::max<std::size_t>(keep, 1));
  all.resize(all.size() - kept);
  for (const auto version : all) {
    if (!current.holds(version)) MAGPIE_RETURN_IF_ERROR(remove_version(version));
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

Result<ModelAliases> DirectoryModelStore::aliases() {
  const fs::path path = directory_ / kAliases;
  const auto text = read_file(path, kMaxAliasBytes);
  if (!text.ok()) {
    const bool missing = text.error().code() == ErrorCode::kNotFound;
    return missing ? read_former_production(directory_ / kProduction) : text.error();
  }
  auto decoded = decode_model_aliases(*text);
  if (!decoded.ok()) return Error(decoded.error().code(), path.string() + ": " + decoded.error().message());
  return decoded;
}

Status DirectoryModelStore::update_aliases(const AliasChange& change) {
  const std::lock_guard lock(write_mutex_);
  MAGPIE_ASSIGN_OR_RETURN(const ModelAliases before, aliases());
  MAGPIE_ASSIGN_OR_RETURN(const ModelAliases after, change(before));
  if (after == before) return ok_status();
  MAGPIE_RETURN_IF_ERROR(validate(after));
  MAGPIE_RETURN_IF_ERROR(verify_placed(before, after));
  MAGPIE_RETURN_IF_ERROR(write_file_atomically(directory_ / kAliases, encode_model_aliases(after)));
  return magpie::remove_all(directory_ / kProduction);  // A crash before this leaves a file that nobody reads.
}

Status DirectoryModelStore::verify_placed(const ModelAliases& before, const ModelAliases& after) const {
  if (after.production && after.production != before.production) MAGPIE_RETURN_IF_ERROR(verify(*after.production));
  const bool same_canary = after.canary && before.canary && after.canary->version == before.canary->version;
  return after.canary && !same_canary ? verify(after.canary->version) : ok_status();
}

Status DirectoryModelStore::verify(ModelVersion version) const {
  MAGPIE_ASSIGN_OR_RETURN(const auto manifest, read_manifest(version));
  for (const auto& [name, entry] : manifest.artifacts) {
    MAGPIE_RETURN_IF_ERROR(read_artifact(path_of(version) / name, entry).status());
  }
  return ok_status();
}

}  // namespace magpie::embedded

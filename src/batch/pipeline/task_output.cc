#include "batch/pipeline/task_output.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace magpie::batch::pipeline {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr auto kManifest = "manifest.json";
constexpr int kFormat = 1;

// Relative, ascending; without the manifest.
Result<std::vector<fs::path>> files_in(const fs::path& root) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(root, failure), end; !failure && entry != end; entry.increment(failure)) {
    if (!entry->is_directory(failure)) files.push_back(entry->path().lexically_relative(root));
  }
  if (failure) return unavailable("cannot list " + root.string() + ": " + failure.message());
  std::erase(files, fs::path(kManifest));
  std::sort(files.begin(), files.end());
  return files;
}

Result<Json> describe(const fs::path& path) {
  MAGPIE_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(path));
  return Json{{"bytes", file.bytes().size()}, {"checksum", checksum128(file.bytes())}};
}

Result<Json> read_manifest(const fs::path& sealed) {
  MAGPIE_ASSIGN_OR_RETURN(const std::string text, read_file(sealed / kManifest));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const bool whole =
      json.is_object() && json.value("format", 0) == kFormat && json.contains("files") && json["files"].is_object();
  if (!whole) return data_loss((sealed / kManifest).string() + " is damaged");
  return json;
}

}  // namespace

Status prepare_output(const fs::path& making) {
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(making));
  std::error_code failure;
  fs::create_directories(making, failure);
  return failure ? Status(unavailable("cannot create " + making.string() + ": " + failure.message())) : Status();
}

Status seal_output(const fs::path& made, const fs::path& sealed) {
  MAGPIE_ASSIGN_OR_RETURN(const auto files, files_in(made));
  Json described = Json::object();
  for (const fs::path& file : files) {
    MAGPIE_ASSIGN_OR_RETURN(described[file.string()], describe(made / file));
  }
  const Json manifest{{"format", kFormat}, {"files", std::move(described)}};
  std::ofstream file(made / kManifest);
  file << manifest.dump(2) << "\n";
  file.close();
  if (!file) return resource_exhausted("cannot write " + (made / kManifest).string());
  MAGPIE_RETURN_IF_ERROR(magpie::remove_all(sealed));
  std::error_code failure;
  fs::rename(made, sealed, failure);
  return failure ? Status(unavailable("cannot rename " + made.string() + ": " + failure.message())) : Status();
}

Status verify_output(const fs::path& sealed) {
  MAGPIE_ASSIGN_OR_RETURN(const Json manifest, read_manifest(sealed));
  MAGPIE_ASSIGN_OR_RETURN(const auto files, files_in(sealed));
  const Json& described = manifest.at("files");
  if (described.size() != files.size()) return data_loss(sealed.string() + " lacks a file, or has one too many");
  for (const fs::path& file : files) {
    MAGPIE_ASSIGN_OR_RETURN(const Json found, describe(sealed / file));
    if (described.value(file.string(), Json()) != found) return data_loss((sealed / file).string() + " is damaged");
  }
  return {};
}

Result<std::string> output_checksum(const fs::path& sealed) {
  MAGPIE_ASSIGN_OR_RETURN(const Json manifest, read_manifest(sealed));
  return checksum128(manifest.dump());
}

}  // namespace magpie::batch::pipeline

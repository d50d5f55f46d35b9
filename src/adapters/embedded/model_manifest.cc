#include "adapters/embedded/model_manifest.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapters/embedded/sealed_json.h"
#include "base/hash.h"

namespace magpie::embedded {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kMaxNameLength = 64;

bool is_plain_file_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameLength && name.front() != '.' && name != "manifest.json" &&
         std::ranges::all_of(name, plain);
}

Json to_json(const ModelManifest& manifest) {
  const ModelInfo& info = manifest.info;
  Json artifacts = Json::object();
  for (const auto& [name, entry] : manifest.artifacts) {
    artifacts[name] = {{"bytes", entry.bytes}, {"checksum", entry.checksum}};
  }
  return {{"version", info.version.get()},
          {"created_at_ms", to_unix_ms(info.created_at)},
          {"window", {{"start_ms", to_unix_ms(info.window_start)}, {"end_ms", to_unix_ms(info.window_end)}}},
          {"events", info.events},
          {"users", info.users},
          {"items", info.items},
          {"metrics", info.metrics},
          {"parameters", info.parameters},
          {"artifacts", std::move(artifacts)}};
}

ModelManifest from_json(const Json& json) {
  ModelManifest manifest;
  ModelInfo& info = manifest.info;
  info.version = ModelVersion(json.at("version").get<std::uint64_t>());
  info.created_at = from_unix_ms(json.at("created_at_ms").get<std::int64_t>());
  info.window_start = from_unix_ms(json.at("window").at("start_ms").get<std::int64_t>());
  info.window_end = from_unix_ms(json.at("window").at("end_ms").get<std::int64_t>());
  info.events = json.at("events").get<std::uint64_t>();
  info.users = json.at("users").get<std::uint64_t>();
  info.items = json.at("items").get<std::uint64_t>();
  info.metrics = json.at("metrics").get<std::map<std::string, double>>();
  info.parameters = json.at("parameters").get<std::map<std::string, std::string>>();
  for (const auto& [name, entry] : json.at("artifacts").items()) {
    manifest.artifacts[name] = {entry.at("bytes").get<std::uint64_t>(), entry.at("checksum").get<std::string>()};
  }
  return manifest;
}

}  // namespace

Result<ModelManifest> make_model_manifest(const ModelInfo& info, const ModelArtifacts& artifacts) {
  for (const auto& [name, value] : info.metrics) {
    if (!std::isfinite(value)) return invalid_argument("metrics." + name, "must be finite");
  }
  ModelManifest manifest{info, {}};
  for (const auto& [name, bytes] : artifacts) {
    if (!is_plain_file_name(name)) return invalid_argument("artifacts", "not a plain file name: " + name);
    manifest.artifacts[name] = {bytes.size(), checksum128(bytes)};
  }
  return manifest;
}

Result<std::string> encode_model_manifest(const ModelManifest& manifest) {
  try {
    return seal_json(to_json(manifest), kFormat);
  } catch (const Json::exception& error) {
    return invalid_argument("parameters", error.what());
  }
}

Result<ModelManifest> decode_model_manifest(std::string_view text) {
  MAGPIE_ASSIGN_OR_RETURN(const Json json, open_sealed_json(text, kFormat, "the manifest"));
  try {
    return from_json(json);
  } catch (const Json::exception& error) {
    return data_loss(std::string("the manifest is damaged: ") + error.what());
  }
}

}  // namespace magpie::embedded
